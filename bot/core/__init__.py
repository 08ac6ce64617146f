"""The language between the rooms: pure data and rules, no I/O and no clock."""
