"""A restriction that lasts longer for one patient than for others, and never shorter."""

import json
from collections.abc import Callable

import pytest
from conftest import Ran, day, own_protocol

from hairplan import InputError, PlanRequest, load_protocol, make_plan

Run = Callable[[str], Ran]


@pytest.fixture
def kept(hairplan: Run) -> str:
    hairplan(
        "schedule smp --start 2026-12-01 --answer minoxidil=no --ref X --save p.plan.json"
        " --today 2026-11-01"
    )
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    return "p.plan.json"


def sun(hairplan: Run, path: str) -> list[tuple[str, str]]:
    """Return the last day of the first periods without sun, by the least and the ideal length."""
    plan = json.loads(hairplan(f"schedule {path} -f json --today 2026-12-03").out)
    (restriction,) = [each for each in plan["restrictions"] if each["id"] == "sun"]
    lengths = zip(restriction["at_least"], restriction["ideal"], strict=True)
    return [(least["last"], ideal["last"]) for least, ideal in lengths][:2]


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        ("10 days", [("2026-12-11", "2026-12-11"), ("2026-12-25", "2026-12-25")]),
        ("4d", [("2026-12-05", "2026-12-06"), ("2026-12-19", "2026-12-20")]),
    ],
)
def test_what_is_to_be_avoided_lasts_longer_for_this_patient(
    hairplan: Run, kept: str, length: str, expected: list[tuple[str, str]]
) -> None:
    before = sun(hairplan, kept)
    options = f"--extend sun='{length}' --reason 'heals slowly'"
    ran = hairplan(f"record {kept} {options} --today 2026-12-03")
    assert ran.code == 0
    assert "sun" in ran.out
    assert sun(hairplan, kept) == expected
    figures = json.loads(hairplan(f"schedule {kept} -f json --today 2026-12-03").out)["figures"]
    strengths = {each["figure"]: (each["value"], each["strength"]) for each in figures}
    text = {"10 days": "10 days", "4d": "4 days"}[length]
    assert strengths["restrictions.sun.after.at_least"] == (text, "chosen")
    ideal = (text, "chosen") if text == "10 days" else ("5 days", "read")
    assert strengths["restrictions.sun.after.ideal"] == ideal
    assert f"extend sun={text}" in " ".join(hairplan(f"history {kept}").out.split())
    hairplan(f"undo {kept} --today 2026-12-03")
    assert sun(hairplan, kept) == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("sun='2 days'", "extend.sun: 2 days is not as long as its least, 3 days (SMP-4)"),
        (
            "sn='10 days'",
            "extend.sn: no such restriction (did you mean 'sun'?); there are: exercise, sun,"
            " swimming, minoxidil",
        ),
    ],
)
def test_it_is_never_shorter_than_the_least(
    hairplan: Run, kept: str, options: str, says: str
) -> None:
    ran = hairplan(f"record {kept} --extend {options} --today 2026-12-03")
    assert (ran.code, ran.err) == (2, f"error: {says}\n")


def test_one_length_alone_is_extended_and_none_cannot_be() -> None:
    step = '[[steps]]\nid = "course"\nname = "x"\ncount = 1\n'
    restrictions = (
        '[restrictions.sun]\nlabel = "no sun"\nafter = "3 days"\n'
        '[restrictions.evening]\nlabel = "no wine"\nafter = "1 day at 09:00"\n'
        '[restrictions.eve]\nlabel = "no coffee"\nbefore = "1 day"\n'
    )
    protocol = own_protocol(step + restrictions)
    request = PlanRequest(start=day("2026-12-01"), extend={"sun": "1 week"})
    (sun,) = [each for each in make_plan(protocol, request).restrictions if each.id == "sun"]
    assert [str(each.last) for each in (*sun.at_least, *sun.ideal)] == ["2026-12-08"] * 2
    extend = {"sun": "1 day", "evening": "2 days", "eve": "2 days"}
    with pytest.raises(InputError) as found:
        make_plan(protocol, PlanRequest(start=day("2026-12-01"), extend=extend))
    none = "it has no length after an appointment that could be longer"
    assert found.value.faults == (
        "extend.sun: 1 day is not as long as its least, 3 days",
        f"extend.evening: {none}",
        f"extend.eve: {none}",
    )


def test_a_length_is_a_span() -> None:
    with pytest.raises(InputError, match=r"^extend.sun: 'long' is not a span"):
        PlanRequest(start=day("2026-12-01"), extend={"sun": "long"})


def test_an_own_figure_of_the_clinic_and_one_of_the_patient_go_together() -> None:
    request = PlanRequest(
        start=day("2026-12-01"),
        figures={"rules.chemotherapy-wait.ends": "6 months"},
        extend={"sun": "10 days"},
    )
    plan = make_plan(load_protocol("smp"), request)
    chosen = {each.figure: each.strength for each in plan.figures}
    assert chosen["rules.chemotherapy-wait.ends"] == "clinic"
    assert chosen["restrictions.sun.after.ideal"] == "chosen"
