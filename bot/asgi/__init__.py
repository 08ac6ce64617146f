"""What every door does with a request before anybody understands it."""
