"""The real store for every test of the workers."""

from __future__ import annotations

from tests.store.conftest import clock, store

__all__ = ["clock", "store"]
