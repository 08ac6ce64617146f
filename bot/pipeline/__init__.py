"""The path of one webhook; one file per commit point."""
