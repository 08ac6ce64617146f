"""The page of the playground: a workspace to look at, and everything to break in it."""

from bot.playground.page.playground import Playground
from bot.playground.page.server import PageServer

__all__ = ["PageServer", "Playground"]
