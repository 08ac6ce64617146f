"""The processes that are measured: what we compare with, and ours with one part changed."""
