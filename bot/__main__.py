"""Let `python -m bot` do what `tocsin` does."""

from bot.cli import main

main()
