"""Plan from Python: who of these patients can start on 1 December, and when is each one's next day?

Run it with `python examples/plan_in_python.py`; it needs nothing but hairplan.
"""

from datetime import date

from hairplan import PlanRequest, load_protocol, make_plan

TODAY = date(2026, 11, 1)
START = date(2026, 12, 1)
PATIENTS = {
    "A-17": PlanRequest(start=START, answers={"minoxidil": "yes"}, closed=("sat", "sun")),
    "B-02": PlanRequest(start=START, events={"transplant": date(2026, 9, 1)}),
    "C-31": PlanRequest(start=START, closed=("tue",), holidays=("FR",)),
}


def main() -> None:
    """Print a line for each patient."""
    protocol = load_protocol("smp")
    for ref, request in PATIENTS.items():
        plan = make_plan(protocol, request, today=TODAY)
        if plan.problem:
            print(f"{ref}: {plan.problem.why[0]}")
        else:
            days = ", ".join(str(session.planned) for session in plan.sessions)
            print(f"{ref}: {days}")


if __name__ == "__main__":
    main()
