"""The planner: a pure function from a protocol, a request and a history to a dated plan.

A plan is made in five stages:

* compile: `Protocol` -> `Compiled`, all that the protocol says to every patient, read once;
* resolve: `Compiled`, `PlanRequest`, today -> `Resolved`, the part that is this patient's, with
  nothing but the start open;
* lay out: the steps of `Resolved`, in the `Frame` of a start -> `Layout`, the appointments
  (`Slot`) without dates, each with what it counts from;
* choose: `Layout`, the days that are taken -> a `Chosen` day for each slot, or `Stuck`;
* assemble: the chosen days -> `Plan`, with what to avoid, to do and to expect around them.

A plan with a past goes the same way. Between resolve and choose, `past` takes what was done,
booked or given up out of the choice; `replan` then says how each appointment stands, and `breaks`
and `late` where one leaves the protocol.
"""

from hairplan.planner.make import make_plan, screen_patient

__all__ = ["make_plan", "screen_patient"]
