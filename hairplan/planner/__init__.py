"""The planner: a pure function from protocol and request to a dated plan."""

from hairplan.planner.make import make_plan, screen_patient

__all__ = ["make_plan", "screen_patient"]
