"""An appointment with two targets, of which the later or the earlier one counts."""

from datetime import UTC, datetime

import pytest
from conftest import day, own_plan, own_protocol, planned

from hairplan import InputError, PlanRequest, make_plan
from hairplan.history import Done, Entry, Happening, Missed
from hairplan.plan import Plan
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

DOSES = """
[[steps]]
id = "dose"
name = "dose"
count = 2
spacing = "4 weeks"
[[steps]]
id = "visit"
name = "visit"
kind = "review"
anchor = "dose.last"
count = { min = 1, preferred = 3, max = 3 }
spacing = "6 weeks"
"""
BOOSTER = """
[[steps]]
id = "booster"
name = "booster"
anchor = "dose-2"
spacing = { min = "5 months", preferred = "6 months", max = "8 months" }
either = { anchor = "visit.last", spacing = "3 months", whichever = "later" }
"""
EARLIER = BOOSTER.replace("later", "earlier")


def booster(found: Plan) -> str:
    (session,) = (each for each in found.sessions if each.phase == "booster")
    return f"{session.planned} in {session.earliest}..{session.latest}"


def after(text: str, today: str, *happened: Happening) -> Plan:
    history = [Entry(at=datetime(2027, 5, 1, tzinfo=UTC), on=day(today), what=happened)]
    request = PlanRequest(start=day("2027-01-04"))
    return make_plan(own_protocol(text), request, history, today=day(today))


@pytest.mark.parametrize(
    ("text", "visits", "expected"),
    [
        # The last of three visits is on 7 June, that of one on 15 March; dose-2 on 1 February.
        (BOOSTER, 3, "2027-09-07 in 2027-08-14..2027-09-28"),
        (BOOSTER, 1, "2027-08-01 in 2027-07-01..2027-10-01"),
        (EARLIER, 3, "2027-08-01 in 2027-07-01..2027-09-28"),
        (EARLIER, 1, "2027-06-15 in 2027-05-22..2027-07-06"),
    ],
)
def test_the_later_or_the_earlier_of_two_targets_counts(
    text: str, visits: int, expected: str
) -> None:
    assert booster(own_plan(DOSES + text, sessions={"visit": visits})) == expected


def test_the_limit_of_the_other_target_holds_as_well() -> None:
    close = BOOSTER.replace('"3 months"', '{ min = "19 weeks", preferred = "20 weeks" }')
    # 6 months after dose-2 is later than 20 weeks after visit-1, and no sooner than 19.
    assert booster(own_plan(DOSES + close, sessions={"visit": 1})) == (
        "2027-08-02 in 2027-07-26..None"
    )


def test_two_targets_on_one_day_are_one() -> None:
    same = BOOSTER.replace('"visit.last"', '"dose.last"').replace('"3 months"', '"6 months"')
    assert booster(own_plan(DOSES + same)) == "2027-08-01 in 2027-07-01..2027-10-01"


def test_it_is_settled_by_the_days_really_done() -> None:
    done = [("dose-1", "2027-01-04"), ("dose-2", "2027-02-01"), ("visit-1", "2027-03-15")]
    late = [*done, ("visit-2", "2027-04-26"), ("visit-3", "2027-07-01")]
    found = after(DOSES + BOOSTER, "2027-07-01", *(Done(name, day(on)) for name, on in late))
    assert booster(found) == "2027-10-01 in 2027-09-08..2027-10-22"
    early = after(
        DOSES + BOOSTER, "2027-08-01", *(Done(name, day(on)) for name, on in late),
        Done("booster-1", day("2027-08-01")),
    )  # fmt: skip
    assert early.breaks[-1].rule == ("booster.either.spacing.min 2 months + 1 week, our default")


def test_it_waits_for_what_was_missed_and_has_no_day() -> None:
    done = (Done("dose-1", day("2027-01-04")), Done("dose-2", day("2027-02-01")))
    found = after(DOSES + BOOSTER, "2027-03-20", *done, Missed("visit-1"))
    waiting = {each.id: each.waits_for for each in found.sessions if each.planned is None}
    assert waiting["booster-1"] == "after visit-1"


@pytest.mark.parametrize(
    ("visits", "note"),
    [
        ('anchor = "events.graft"', "booster: its target from events.graft is left aside: no day of"
         " it is known"),
        ('anchor = "visit.last"', "booster: 6 months after dose-2 or 3 months after visit.last,"
         " whichever is later"),
        ('anchor = "maybe.last"', "booster: 6 months after dose-2 or 3 months after maybe.last,"
         " whichever is later"),
    ],
)  # fmt: skip
def test_what_has_no_day_does_not_count(visits: str, note: str) -> None:
    maybe = (
        '[[steps]]\nid = "maybe"\nname = "x"\nanchor = "dose.last"\ncount = { min = 0, max = 1 }'
    )
    text = DOSES + BOOSTER.replace('anchor = "visit.last"', visits) + maybe
    found = own_plan(
        text + '\nspacing = "1 year"\n[events]\ngraft = { label = "x" }\n', sessions={"visit": 1}
    )
    assert booster(found) == "2027-08-01 in 2027-07-01..2027-10-01"
    assert note in found.notes


def test_a_step_that_a_choice_leaves_out_does_not_count() -> None:
    text = (
        DOSES + 'when = { look = "yes" }\n' + BOOSTER
        + '[options.look]\nlabel = "x"\ndefault = "no"\nchoices = { yes = "x", no = "x" }\n'
    )  # fmt: skip
    assert planned(own_plan(text))[-1] == "2027-08-01"


def test_one_that_counts_from_the_start_or_a_visit_is_not_on_the_start() -> None:
    text = BOOSTER.replace('"dose-2"', '"start"').replace(
        '"3 months"', '{ min = "5 weeks", max = "7 weeks" }'
    )
    assert booster(own_plan(DOSES + text)) == "2027-07-19 in 2027-07-12..2027-07-26"


def test_both_targets_are_in_the_text_and_among_the_figures() -> None:
    text = " ".join(render_plain(protocol_document(own_protocol(DOSES + BOOSTER))).split())
    assert (
        "preferred 6 months [clinic]; or preferred 3 months [clinic] after visit.last, whichever is"
        " later"
    ) in text
    figures = {each.figure: each.value for each in own_plan(DOSES + BOOSTER).figures}
    assert figures["booster.either.spacing.preferred"] == "3 months"
    assert "booster.either.whichever" not in figures


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("count = 2", ["either: goes with one appointment and a spacing of its own, with a"
                       " preferred value"]),
        ('spacing = { min = "1 week" }', [
            "either: goes with one appointment and a spacing of its own, with a preferred value",
        ]),
        ('either = { anchor = "dose-2", spacing = { min = "1 week" }, whichever = "later" }', [
            "either.anchor: 'dose-2' is what the step counts from anyway",
            "either.spacing: needs a preferred value, or both min and max",
        ]),
        ('either = { anchor = "vist.last", spacing = "1 week", whichever = "later" }', [
            "either.anchor: there is no step 'vist' (did you mean 'visit'?)",
        ]),
        ('either = { anchor = "booster.last", spacing = "1 week", whichever = "later" }', [
            "anchor: goes round in a circle: booster -> booster",
        ]),
    ],
)  # fmt: skip
def test_a_second_target_that_makes_no_sense_is_refused(key: str, expected: list[str]) -> None:
    name = key.partition(" ")[0]
    lines = [line for line in BOOSTER.splitlines() if not line.startswith(f"{name} =")]
    with pytest.raises(InputError) as error:
        own_protocol(DOSES + "\n".join([*lines, key, ""]))
    assert list(error.value.faults) == [f"own.toml: steps[3].{fault}" for fault in expected]
