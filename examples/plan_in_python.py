"""Plan from Python: which of these patients can start on 1 December, and on which days?

One of them then comes two days late, and the plan follows. Run it with
`python examples/plan_in_python.py`; it needs nothing but hairplan.
"""

from datetime import UTC, date, datetime

from hairplan import Done, Entry, Plan, PlanRequest, load_protocol, make_plan

TODAY = date(2026, 11, 1)
START = date(2026, 12, 1)
PATIENTS = {
    "A-17": PlanRequest(start=START, answers={"minoxidil": "yes"}, closed=("sat", "sun")),
    "B-02": PlanRequest(start=START, events={"transplant": date(2026, 9, 1)}),
    "C-31": PlanRequest(start=START, closed=("tue",), holidays=("FR",)),
}
CAME_LATE = Entry(
    at=datetime(2026, 12, 4, 17, 30, tzinfo=UTC),
    on=date(2026, 12, 4),
    what=(Done("course-1", date(2026, 12, 4)),),
)


def main() -> None:
    """Print a line for each patient, and one more for the patient who came late."""
    protocol = load_protocol("smp")
    for ref, request in PATIENTS.items():
        print(f"{ref}: {describe(make_plan(protocol, request, today=TODAY))}")
    followed = make_plan(protocol, PATIENTS["C-31"], [CAME_LATE], today=CAME_LATE.on)
    print(f"C-31 came late: {describe(followed)}")


def describe(plan: Plan) -> str:
    """Return the days of a plan, or why it has none."""
    if plan.problem:
        return plan.problem.why[0]
    return ", ".join(str(session.planned) for session in plan.sessions)


if __name__ == "__main__":
    main()
