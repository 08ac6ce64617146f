"""What the promise costs: figures side by side in one run, apart from the test run."""
