"""How Hypothesis works here: the same examples each time, and no stopwatch.

Other examples each time: `pytest --hypothesis-profile random`.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A machine that is busy with something else is no defect of ours.
_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("random", parent=_UNHURRIED)
settings.register_profile("same", parent=_UNHURRIED, derandomize=True)
settings.load_profile("same")
