"""The room of both doors."""
