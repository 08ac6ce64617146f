"""Who works on what now: the loops behind the answers."""
