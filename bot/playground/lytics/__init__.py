"""The simulated API of Lytics, version 2."""

from bot.playground.lytics.sim import API_KEY, LyticsSim

__all__ = ["API_KEY", "LyticsSim"]
