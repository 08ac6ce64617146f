"""The simulated API of Deck, version 2."""

from bot.playground.deck.sim import API_KEY, DeckSim

__all__ = ["API_KEY", "DeckSim"]
