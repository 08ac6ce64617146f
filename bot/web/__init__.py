"""The doors: routes, limits and status codes; no logic behind them."""
