"""Days in the life of a plan: it stays true whatever happens, and whenever one looks."""

from collections.abc import Callable

import pytest
from conftest import Ran

Run = Callable[[str], Ran]


def keep(hairplan: Run, plan: str) -> None:
    assert hairplan(f"schedule {plan} --ref X --save p.plan.json --today 2026-11-01").code == 0


# ---- a plan file always opens ----


@pytest.mark.parametrize(
    ("plan", "comes", "says"),
    [
        (
            "smp --start 2027-06-01 --answer chemotherapy=yes --event chemotherapy-end=2026-12-15",
            "2026-12-15",
            "answers.chemotherapy: yes contradicts the end of the chemotherapy on 2026-12-15",
        ),
        (
            "smp --start 2026-12-01 --answer transplant=no --event transplant=2027-03-01",
            "2027-03-01",
            "answers.transplant: no contradicts the hair transplant on 2027-03-01",
        ),
    ],
)
def test_an_event_that_comes_is_to_be_settled_and_locks_no_plan(
    hairplan: Run, plan: str, comes: str, says: str
) -> None:
    keep(hairplan, plan)
    assert says not in hairplan("schedule p.plan.json --today 2026-11-02").out
    ran = hairplan(f"schedule p.plan.json --today {comes}")
    assert ran.code == 0
    assert f"to settle: {says}" in ran.out
    question, _, answer = says.removeprefix("answers.").partition(" contradicts")[0].partition(": ")
    other = "no" if answer == "yes" else "yes"
    # What one says today has to fit what is known today.
    ran = hairplan(f"record p.plan.json --answer {question}={answer} --today {comes}")
    assert (ran.code, says in ran.err) == (2, True)
    assert hairplan(f"record p.plan.json --answer minoxidil=no --today {comes}").code == 0
    assert hairplan(f"record p.plan.json --answer {question}={other} --today {comes}").code == 0
    assert "to settle: answers" not in hairplan(f"schedule p.plan.json --today {comes}").out


def test_an_event_told_today_has_to_fit_the_answer_of_before(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2027-06-01 --answer chemotherapy=no")
    ran = hairplan("record p.plan.json --event chemotherapy-end=2027-01-15 --today 2026-12-01")
    assert ran.code == 2
    assert "no contradicts the end of the chemotherapy planned for 2027-01-15" in ran.err
