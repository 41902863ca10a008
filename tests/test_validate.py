"""`hairplan validate`: faults with their places, what is odd about a protocol, and exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OWN, Ran, own_protocol

from hairplan.planner.protocol_warnings import notes_of, warnings_of

Run = Callable[[str], Ran]
COURSE = """
[[steps]]
id = "course"
name = "session"
count = 3
strength = "clinic"
spacing = { min = "5 days", preferred = "1 week", max = "9 days" }
"""
PACE = "\n[options.pace]\nlabel = 'pace'\nstrength = 'clinic'\ndefault = 'a'\n"
PACE += "choices = { a = 'A', b = 'B' }\n"

NO_VALUE = 'not valid TOML: invalid value: a text stands between straight quotes, such as "4 weeks"'


def later(text: str, name: str = "later") -> str:
    return (
        f'\n[[steps]]\nid = "{name}"\nname = "{name}"\nstrength = "clinic"\n'
        f'anchor = "course.last"\nspacing.preferred = "1 week"\n{text}\n'
    )


def test_a_valid_file_is_valid(hairplan: Run) -> None:
    Path("own.toml").write_text(OWN + COURSE)
    ran = hairplan("validate own.toml")
    assert ran == (0, "own.toml: own 3 is valid\n", "checked 1 file: nothing to fix\n")


def test_every_finding_has_its_file_and_place(hairplan: Run) -> None:
    Path("one.toml").write_text(OWN + COURSE.replace("5 days", "5 nights") + "x = 1\n")
    Path("two.toml").write_text(OWN + "x = = 1\n")
    Path("three.toml").write_text(OWN + COURSE.replace('strength = "clinic"\n', ""))
    ran = hairplan("validate one.toml two.toml three.toml ./four.toml nobody")
    assert ran.code == 2
    assert ran.out.splitlines() == [
        "one.toml: fault: steps[1].spacing.min: '5 nights' is not a span such as '5 weeks'",
        "one.toml: fault: steps[1].x: no such key; known: " + KNOWN,
        f"two.toml:7:5: fault: {NO_VALUE}",
        "three.toml: own 3 is valid",
        "three.toml: warning: steps[1]: neither source nor strength: the clinic's own is strength ="
        ' "clinic"',
        "./four.toml: fault: cannot be read: No such file or directory",
        "nobody: fault: treatment: no 'nobody'; there are: mesopecia, mesotherapy, microneedling,"
        " smp; a file is named with its path, such as ./own.toml",
    ]
    assert ran.err == "checked 5 files: 5 faults, 1 warning\n"


KNOWN = (
    "anchor, count, details, duration, durations, early, either, end_included, figures, group, id, "
    "kind, lasting, late, limits, missed, name, offsets, optional, patient, price, price_share, "
    "rate, seasons, since, source, spacing, strength, total, until, weekdays, when, why"
)


REST = """
[[steps]]
id = "review"
name = "review"
kind = "review"
anchor = "course.last"
spacing = "1 month"
[restrictions.sun]
label = "no sun"
after = "6 weeks"
strength = "clinic"
[facts]
A-1 = "a"
"""
NO_BASIS = "warning: steps[2]: neither source nor strength: the clinic's own is"
NO_FREE_DAY = (
    "warning: restrictions.sun: leaves no free day between course-1 and course-2; if that is"
    " meant: continuous = true"
)


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        # no date hangs on a price
        (
            ("count = 3", "count = 3\nprice = 'dear'"),
            ["steps[1].price: 'dear' is not a price", NO_FREE_DAY, NO_BASIS],
        ),
        # what is planned does not hang on a task
        (
            (
                "[facts]",
                "[tasks.wash]\nlabel = 'x'\nled = '1 day'\nstrength = 'clinic'\n[facts]",
            ),
            ["tasks.wash.led: no such key (did you mean 'lead'?)", NO_FREE_DAY, NO_BASIS],
        ),
        # on the steps it does
        (("count = 3", "count = 0"), ["steps[1].count: 0 is less than 1", NO_BASIS]),
        # a fault of sense, and one of the facts
        (("course.last", "corse.last"), ["steps[2].anchor: there is no step 'corse'"]),
        (('A-1 = "a"', "A-1 = 3"), ["facts.A-1: 3 is not a text", NO_FREE_DAY]),
        # nothing can be told
        (('id = "own"', "id = \"own\"\n'a b' = 3"), ["a b: no such key"]),
        (
            ("[facts]", "[restrictions.x]\nlabel = 'x'\n[facts]"),
            ["restrictions.x: needs", NO_BASIS],
        ),
    ],
)
def test_a_fault_hides_no_warning_that_does_not_come_of_it(
    hairplan: Run, broken: tuple[str, str], expected: list[str]
) -> None:
    Path("own.toml").write_text((OWN + COURSE + REST).replace(*broken))
    ran = hairplan("validate own.toml")
    assert ran.code == 2
    lines = [line.removeprefix("own.toml: ") for line in ran.out.splitlines()]
    assert len(lines) == len(expected)
    for line, beginning in zip(lines, expected, strict=True):
        assert line.removeprefix("fault: ").startswith(beginning)


def test_what_had_to_be_assumed_comes_last(hairplan: Run) -> None:
    Path("own.toml").write_text(
        OWN
        + COURSE.replace("count = 3", "count = { min = 2, max = 4 }").replace(
            'preferred = "1 week", ', ""
        )
        + later('kind = "maintenance"', "one")
        + later('count = "open"\nkind = "maintenance"', "two")
        + later("lasting = { min = '2 weeks', max = '3 weeks' }", "three").replace(
            'spacing.preferred = "1 week"', "rate = { times = { min = 1, max = 2 }, per = 'week' }"
        )
        + later("count = 2", "four").replace(
            'spacing.preferred = "1 week"', "spacing = [{ min = '1 day', max = '3 days' }]"
        )
        + "[routines.mask]\nlabel = 'mask'\nstrength = 'clinic'\n"
        + "rate = { times = { min = 1, max = 2 }, per = 'day' }\n"
        + "[routines.oil]\nlabel = 'oil'\nstrength = 'clinic'\nevery = '1 day'\n"
    )
    ran = hairplan("validate own.toml")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "own.toml: own 3 is valid",
        "own.toml: note: steps[1].count.preferred: not given, assumed: the least, 2",
        "own.toml: note: steps[1].spacing.preferred: not given, assumed: the middle of"
        " 5 days..9 days",
        "own.toml: note: steps[2].count: not given, assumed: 1 appointment",
        "own.toml: note: steps[4].lasting.preferred: not given, assumed: the least, 2 weeks",
        "own.toml: note: steps[4].rate.times.preferred: not given, assumed: the least, 1",
        "own.toml: note: steps[5].spacing[1].preferred: not given, assumed: the middle of"
        " 1 day..3 days",
        "own.toml: note: routines.mask.rate.times.preferred: not given, assumed: the least, 1",
        "own.toml: note: one.spacing.max: not given, assumed: 8 days",
        "own.toml: note: one.spacing.min: not given, assumed: 6 days",
        "own.toml: note: two.spacing.max: not given, assumed: 8 days",
        "own.toml: note: two.spacing.min: not given, assumed: 6 days",
        "own.toml: note: horizon: not given, assumed: 1 year",
    ]


def test_nothing_is_assumed_of_a_protocol_that_cannot_be_planned(hairplan: Run) -> None:
    Path("own.toml").write_text(OWN + COURSE + "seasons = ['12-01..12-02']\n")
    ran = hairplan("validate own.toml")
    assert ran.code == 1
    assert "assumed" not in ran.out


def test_a_conflict_that_a_difference_settles_is_no_warning(hairplan: Run) -> None:
    text = COURSE.replace('strength = "clinic"', 'lasting = "26 weeks"\nsource = "A-1"')
    text += 'figures.lasting.source = "B-1"\n[facts]\nA-1 = "3 sessions"\nB-1 = "26 weeks"\n'
    text += "[[differences]]\ntopic = 'how long'\nholds = '3'\n"
    Path("open.toml").write_text(OWN + text + "says = { A-1 = '3' }\n")
    assert (
        "warning: steps[1].lasting: count is 3, and in 26 weeks"
        in hairplan("validate open.toml").out
    )
    Path("settled.toml").write_text(OWN + text + "says = { A-1 = '3', B-1 = '26 weeks' }\n")
    assert hairplan("validate settled.toml") == (
        0,
        "settled.toml: own 3 is valid\nsettled.toml: note: differences[1]: how long: A-1: 3;"
        " B-1: 26 weeks. Here: 3\n",
        "checked 1 file: nothing to fix\n",
    )


def test_json_has_every_finding_in_parts(hairplan: Run) -> None:
    Path("two.toml").write_text(OWN + "x = = 1\n")
    Path("three.toml").write_text(
        OWN + COURSE.replace('"9 days" }', '"9 days" }\nsource = "A-1"') + later("", "course")
    )
    found = json.loads(hairplan("validate two.toml three.toml smp -f json").out)
    assert [(each["file"], each["id"]) for each in found] == [
        ("two.toml", None),
        ("three.toml", None),
        ("smp", "smp"),
    ]
    assert found[0]["findings"] == [
        {
            "kind": "fault",
            "path": None,
            "message": NO_VALUE,
            "line": 7,
            "column": 5,
        }
    ]
    assert found[1]["findings"][0] == {
        "kind": "fault",
        "path": "steps[1].anchor",
        "message": "goes round in a circle: course -> course",
        "line": None,
        "column": None,
    }
    assert found[2]["findings"][0]["path"] == "differences[1]"


def test_a_document_that_breaks_off_has_no_place(hairplan: Run) -> None:
    Path("x.toml").write_text("a = [")
    assert hairplan("validate x.toml").out == (f"x.toml: fault: {NO_VALUE} (at end of document)\n")


def test_only_the_first_hundred_warnings_are_said(hairplan: Run) -> None:
    many = "".join(f"q{number} = {{ ask = 'x?' }}\n" for number in range(120))
    Path("own.toml").write_text(f"{OWN}{COURSE}[questions]\n{many}")
    ran = hairplan("validate own.toml")
    assert (ran.code, len(ran.out.splitlines())) == (1, 102)
    assert ran.out.splitlines()[-1] == "own.toml: warning: ... and 20 more"


def test_texts_that_lack_a_language_are_a_warning(hairplan: Run) -> None:
    Path("own.toml").write_text(
        OWN.replace('"Our own"', "{ en = 'Our own', fr = 'Le nôtre' }") + COURSE
    )
    assert hairplan("validate own.toml").out.splitlines()[1] == (
        "own.toml: warning: steps[1].name: no text in 'fr', which other texts have"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (COURSE, []),
        (
            COURSE.replace("clinic", "sourced"),
            ["steps[1].source: missing: sourced from what?"],
        ),
        # what covers every figure needs nothing more
        (
            COURSE.replace('strength = "clinic"', "figures = { spacing.strength = 'default',"
                           " count.strength = 'default', 'spacing.min' = { why = 'x' } }"),
            ["steps[1]: neither source nor strength: the clinic's own is strength = \"clinic\""],
        ),
        (
            COURSE.replace("count = 3\n", "").replace('strength = "clinic"', 'lasting = "1 week"')
            .replace('min = "5 days", preferred = "1 week", max = "9 days"', 'preferred = "1 day"')
            + "figures = { spacing.strength = 'default', lasting.strength = 'default' }\n",
            [],
        ),
        (
            COURSE + "source = ['A-1', 'A-2']\n[facts]\nA-1 = 'x'\nA-22 = 'y'\n",
            ["steps[1].source: 'A-2' is not among the facts (did you mean 'A-22'?)"],
        ),
        (
            "horizon = '1 year'\nfigures.horizon = { source = 'B' }\n"
            + COURSE + "figures.count = { source = 'A' }\n[facts]\nC = 'x'\n",
            [
                'figures."horizon".source: \'B\' is not among the facts',
                'steps[1].figures."count".source: \'A\' is not among the facts',
            ],
        ),
        # a count and a length that do not fit
        (COURSE + 'lasting = "3 weeks"', []),
        (
            COURSE + 'lasting = "26 weeks"',
            ["steps[1].lasting: count is 3, and in 26 weeks there are 26 (the end not included)"],
        ),
        (
            COURSE + 'lasting = "3 weeks"\nend_included = true',
            ["steps[1].lasting: count is 3, and in 3 weeks there are 4 (the end included)"],
        ),
        (
            COURSE + later('offsets = ["1 month", "2 weeks"]').replace(
                'spacing.preferred = "1 week"\n', ""),
            [
                "steps: later-1 is not on its target: Tue 2026-12-15 would put later-2 17 days"
                " farther off its own day instead, and the earlier days are taken; moved by"
                " -17 days, not before 2026-11-16, no latest day given",
                "steps[2].offsets: not in the order of their dates",
            ],
        ),
        # what can never come about
        (
            COURSE + later("").replace("course.last", "course-4")
            + "[milestones]\na = { label = 'x', at = 'course-3', strength = 'clinic' }\n"
            + "b = { label = 'x', at = 'later-2', strength = 'clinic' }\n"
            + "[expectations]\nc = { label = 'x', strength = 'clinic' }\n",
            [
                "milestones.b.at: later-2 is never reached: later has 1 at most",
                "steps[2].anchor: course-4 is never reached: course has 3 at most",
            ],
        ),
        (
            COURSE.replace("session", "course", 1) + "[tasks]\n"
            "a = { label = 'x', session = 'course-9', strength = 'clinic' }\n"
            "b = { label = 'x', around = ['course-3', 'course-4'], strength = 'clinic' }\n"
            "[restrictions]\nc = { label = 'x', after = '1 day', around = ['course', 'course-5'],"
            " strength = 'clinic' }\n[routines]\nd = { label = 'x', every = '1 day',"
            " until = 'course-7', strength = 'clinic' }\n",
            [
                "restrictions.c.around[2]: course-5 is never reached: course has 3 at most",
                "routines.d.until: course-7 is never reached: course has 3 at most",
                "tasks.a.session: course-9 is never reached: course has 3 at most",
                "tasks.b.around[2]: course-4 is never reached: course has 3 at most",
            ],
        ),
        (
            COURSE + later("weekdays = ['mon']").replace('spacing.preferred = "1 week"\n', "")
            + later("rate = { times = 2, per = 'week' }", "end").replace(
                'spacing.preferred = "1 week"\n', "")
            + "[events]\nop = { label = 'x' }\nend = { label = 'x', begins = 'ill' }\n"
            "[questions]\nill = { ask = 'ill?' }\n",
            [
                "events.op: nothing counts from it",
                "steps[2].weekdays: of one appointment alone: give count or lasting",
                "steps[3].rate: of one appointment alone: give count or lasting",
            ],
        ),
        # what the file itself rules out is not tried, and an open answer is one to wait for
        (
            COURSE + later("when = { ill = 'yes', old = 'yes' }")
            + later("when = { ill = 'unknown' }", "end")
            + "[questions]\nill = { ask = 'x?' }\nold = { ask = 'x?' }\nbald = { ask = 'x?' }\n"
            "[[contradictions]]\nwhen = { ill = 'yes', old = 'yes', bald = 'yes' }\nsays = 'no'\n"
            "[[contradictions]]\nwhen = { ill = 'no', old = 'yes' }\nsays = 'no'\n",
            [],
        ),
        # the length of a rhythm of weekdays is counted from one of them
        (
            COURSE.replace('spacing = { min = "5 days", preferred = "1 week", max = "9 days" }',
                           'weekdays = ["mon", "wed", "fri"]').replace("= 3", "= 24")
            + 'lasting = "8 weeks"',
            [],
        ),
        (
            COURSE + later("limits = [{ anchor = 'course.last', max = '5 days' }]"),
            ["steps: later-1 is not on its target: Sun 2026-11-22 is outside its window;"
             " moved by -2 days, inside 2026-11-16..2026-11-20"],
        ),
        (
            COURSE + later("count = 'open'")
            + "[milestones]\nb = { label = 'x', at = 'later-9', strength = 'clinic' }\n",
            [],
        ),
        (
            COURSE + "when = { ill = 'yes' }\n[questions]\nill = { ask = 'ill?' }\n"
            "old = { ask = 'old?' }\nbald = { ask = 'bald?' }\nage-asked = { ask = 'x?', only ="
            " { bald = 'yes' } }\n[events]\nx = { label = 'x', ends = 'old' }\n",
            [
                "questions.age-asked: nothing hangs on the answer: it is never asked",
                "steps: with ill=no: these choices leave no step that is anchored at the start or"
                " an event",
            ],
        ),
        (
            COURSE + later("when = { pace = 'a' }") + later("when = { pace = 'b' }").replace(
                "course.last", "later.last").replace("'b'", "['a', 'b']").replace(
                    'id = "later"', 'id = "end"') + PACE,
            ["steps: with pace=b: steps anchored at steps that these choices leave out:"
             " end (later.last)",
             "steps[3].anchor: pace=b leaves out 'later', and not this"],
        ),
        (
            COURSE + later("when = { pace = 'a' }") + later("when = { pace = 'b' }").replace(
                "course.last", "later.last").replace('id = "later"', 'id = "end"') + PACE,
            ["steps: with pace=b: steps anchored at steps that these choices leave out:"
             " end (later.last)",
             "steps[3].anchor: pace=b leaves out 'later', and not this",
             "steps[3]: unreachable: no choice leads to it"],
        ),
        (
            COURSE + later("when = { sex = 'female', age = ['..30', '50'] }"),
            [],
        ),
        (
            COURSE + later("when = { sex = 'female', age = '50..40' }").replace("50..40", "40..50")
            + "limits = [{ anchor = 'course.first', max = '1 week' }]\n",
            [
                f"steps: with age={age} and sex=female: no date for later-1 keeps to the protocol:"
                " it may not be before 2026-11-17, nor after 2026-11-08, even with nothing in the"
                " way"
                for age in (40, 50)
            ],
        ),
        # a restriction that leaves no free day
        (
            COURSE + "[restrictions]\nsun = { label = 'x', after = { at_least = '3 days',"
            " ideal = '9 days' }, strength = 'clinic' }\n"
            "dye = { label = 'x', before = '3 days', after = '4 days', strength = 'clinic' }\n"
            "heat = { label = 'x', after = '9 days', continuous = true, strength = 'clinic' }\n",
            ["restrictions.dye: leaves no free day between course-1 and course-2; if that is meant:"
             " continuous = true"],
        ),
    ],
)  # fmt: skip
def test_what_is_odd_about_a_protocol(text: str, expected: list[str]) -> None:
    assert warnings_of(own_protocol(text)) == expected


def test_a_rule_that_refuses_everyone_does_not_stop_the_check() -> None:
    text = (
        COURSE
        + "when = { ill = ['yes', 'no'] }\n"
        + (
            "[rules.ill]\nquestion = 'ill'\noutcome = 'contraindicated'\nsays = 'x'\n"
            "strength = 'clinic'\n[questions]\nill = { ask = 'ill?' }\n"
        )
    )
    assert warnings_of(own_protocol(text)) == []


def test_where_sources_differ_both_are_said_with_what_holds() -> None:
    text = COURSE + (
        "[[differences]]\ntopic = 'the gap'\nholds = 'two weeks'\nstrength = 'clinic'\n"
        "[differences.says]\nA-1 = 'two weeks'\nA-2 = 'ten days'\n"
    )
    assert notes_of(own_protocol(text)) == [
        "differences[1]: the gap: A-1: two weeks; A-2: ten days. Here: two weeks"
    ]
