"""A protocol file's faults: all at once, each with its path."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hairplan.errors import HairplanError, InputError
from hairplan.protocol.catalog import protocol_names, read_protocol_text
from hairplan.protocol.load import parse_protocol
from hairplan.protocol.toml import parse_toml, read_text_file

HEAD = """\
format = 1
id = "prp"
version = "1"
date = 2026-11-01
name = "PRP"
summary = "a test"
"""
STEP = """
[[steps]]
id = "course"
name = "session"
count = 3
spacing = { min = "3 weeks", preferred = "1 month", max = "6 weeks" }
"""


def faults(text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        parse_protocol(text, "prp.toml")
    return [fault.removeprefix("prp.toml: ") for fault in error.value.faults]


def test_the_smallest_protocol() -> None:
    assert parse_protocol(HEAD + STEP, "prp.toml").steps[0].count == 3


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ('duration = "an hour"', "duration: 'an hour' is not a span such as '45 minutes'"),
        ("spacing.min = '5 nights'", "spacing.min: '5 nights' is not a span such as '5 weeks'"),
        ('spacing = "5 nights"', "spacing: '5 nights' is not a span such as '5 weeks' or a table"),
        ("spacing = 14", "spacing: 14 is not a span such as '5 weeks' or a table"),
        ("lasting = 14", "lasting: 14 is not a span such as '5 weeks' or a table"),
        ('duration = ["1 hour"]', "duration: ['1 hour'] is not a span such as '45 minutes' or a"
         " table"),
        (
            'spacing = "6m"',
            "spacing: '6m' is not a span such as '5 weeks' or a table; 'm' could be minutes or"
            " months: say 'min' or 'months'",
        ),
        (
            'limits = { anchor = "start", min = "6m" }',
            "limits[1].min: '6m' is not a span of days, weeks, months or years such as '5 weeks' or"
            " '-2 weeks'; 'm' could be minutes or months: say 'min' or 'months'",
        ),
        (
            'price = "10 dollars"',
            "price: '10 dollars' is not a price such as '385 USD' or '300..500 USD' or a table",
        ),
        ("count = -1", "count: -1 is less than 1"),
        ("count = 10001", "count: 10001 is more than 10000"),
        ("count = true", "count: true is not a whole number or 'open' or a table"),
        ('count = "opn"', "count: 'opn' is not a whole number or 'open' or a table"),
        ("count = { preferred = 1, max = 2 }", "count.min: missing"),
        ('kind = "sesion"', "kind: 'sesion' is not one of consultation, home, maintenance, review,"
         " session, touch-up, visit (did you mean 'session'?)"),
        ("optional = 1", "optional: 1 is not true or false"),
        ("name = ''", "name: '' is empty"),
        ("id = 'Course 1'", "id: 'Course 1' is not a short name in lower case such as 'touch-up'"),
        ("anchor = 'course'", "anchor: 'course' is not a place: 'start', 'STEP.first', 'STEP.last',"
         " 'STEP-4' or 'events.EVENT'"),
        ("source = 3", 'source: 3 is not a text or a list such as ["a", "b"]'),
        ("price = { min = 1, max = 2, currency = 'euro' }",
         "price.currency: 'euro' is not a currency code such as 'EUR'"),
    ],
)  # fmt: skip
def test_a_fault_of_form_has_its_path(step: str, expected: str) -> None:
    other = '\n[[steps]]\nid = "other"\nname = "session"\n'
    key = step.split(" ", maxsplit=1)[0]
    other = "\n".join(line for line in other.split("\n") if not line.startswith(f"{key} ="))
    assert faults(HEAD + STEP + other + step) == [f"steps[2].{expected}"]


def test_a_misspelt_key_is_named_with_the_nearest() -> None:
    (fault,) = faults(HEAD + STEP + 'spacng = "x"')
    assert fault == "steps[1].spacng: no such key (did you mean 'spacing'?)"


def test_where_no_key_is_near_all_are_named() -> None:
    (fault,) = faults(HEAD + STEP + 'qqq = "x"')
    assert fault.startswith("steps[1].qqq: no such key; known: anchor, count, details,")


def test_all_faults_come_at_once_in_order() -> None:
    text = HEAD.replace("format = 1", "format = 0").replace('id = "prp"', "id = 5")
    assert faults(text + STEP.replace("3 weeks", "3 fortnights") + "[restrictions]\nsun = {}") == [
        "format: 0 is not one of 1",
        "id: 5 is not a short name in lower case such as 'touch-up'",
        "restrictions.sun.label: missing",
        "steps[1].spacing.min: '3 fortnights' is not a span such as '5 weeks'",
    ]


def test_faults_of_sense_come_with_those_of_form() -> None:
    text = HEAD + STEP.replace("count = 3", "count = -1\nspacin = 3").replace("6 weeks", "1 week")
    text += LATER.replace("course.last", "nowhere.last") + "count = 2\nsource = 3\n"
    assert [fault.partition("; known")[0] for fault in faults(text)] == [
        "steps[1].count: -1 is less than 1",
        "steps[1].spacin: no such key (did you mean 'spacing'?)",
        'steps[2].source: 3 is not a text or a list such as ["a", "b"]',
        "steps[1].spacing.min: 3 weeks can be longer than max, 1 week",
        "steps[1].spacing.preferred: 1 month can be longer than max, 1 week",
    ]


def test_what_is_missing_hides_no_other_fault() -> None:
    text = HEAD.replace('version = "1"', "version = 1").replace('summary = "a test"\n', "")
    text += STEP.replace("6 weeks", "1 week").replace('name = "session"\n', "")
    text += LATER.replace('id = "x"', "").replace("course.last", "nowhere.last")
    text += "[rules]\nsun = { says = 'x' }\n[restrictions.sun]\nlabel = 'x'\nafter = '1 week'\n"
    text += "around = ['course', 'corse']\nwhen = { nothing = 3 }\n"
    assert faults(text) == [
        'restrictions.sun.when.nothing: 3 is not a text or a list such as ["a", "b"]',
        "rules.sun.outcome: missing",
        "steps[1].name: missing",
        "steps[2].id: missing",
        "summary: missing",
        "version: 1 is not a text",
        "steps[1].spacing.min: 3 weeks can be longer than max, 1 week",
        "steps[1].spacing.preferred: 1 month can be longer than max, 1 week",
    ]


def test_a_list_with_a_faulty_entry_is_left_out_as_a_whole() -> None:
    text = HEAD + STEP.replace("6 weeks", "1 week") + "[[notes]]\ntext = 'x'\n[facts]\na = 'x'\n"
    text += "'a.b' = 3\n[restrictions.sun]\nlabel = 'x'\nafter = '1 week'\naround = [3]\n"
    assert faults(text) == [
        "facts.a.b: 3 is not a text",
        "restrictions.sun.around[1]: 3 is not 'all', 'STEP', 'STEP.first', 'STEP.last', 'STEP-4' or"
        " 'events.EVENT'",
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "'a b' = 3\n",  # a path that cannot be followed
    ],
)
def test_where_nothing_more_can_be_told_nothing_more_is_said(broken: str) -> None:
    text = HEAD + STEP.replace("6 weeks", "1 week") + LATER.replace('name = "x"\n', "") + broken
    found = faults(text)
    assert not any("longer" in fault for fault in found)


def test_without_steps_nothing_more_can_be_told() -> None:
    assert faults(HEAD + "steps = 3\n[restrictions]\nsun = { label = 'x' }\n") == [
        'steps: 3 is not a list such as ["a", "b"]'
    ]


def test_only_the_first_hundred_faults_are_said() -> None:
    many = "\n".join(f"x{number} = 1" for number in range(120))
    found = faults(many + "\n" + HEAD + STEP)
    assert len(found) == 101
    assert found[-1] == "... and 20 more"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a = [",
            "not valid TOML: invalid value: a text stands between straight quotes, such as"
            ' "4 weeks" (at end of document)',
        ),
        (
            "a = 1\nb = “4 weeks”\n",
            "not valid TOML: invalid value: a text stands between straight quotes, such as"
            ' "4 weeks" (at line 2, column 5)',
        ),
        (
            'a = 1\nb = "4 weeks\n',
            "not valid TOML: illegal character '\\n': the text on this line has no closing quote"
            " (at line 2, column 13)",
        ),
        (
            "a = 27.11.2026\n",
            "not valid TOML: expected newline or end of document after a statement: a text stands"
            ' between straight quotes, such as "4 weeks"; a date is written 2026-12-01 (at line 1,'
            " column 10)",
        ),
        (
            'a = { b = "3 weeks" c = "4 weeks" }\n',
            "not valid TOML: unclosed inline table: commas part its entries, all on one line; a"
            ' text stands between straight quotes, such as "4 weeks" (at line 1, column 21)',
        ),
        ("a = 1\na = 2\n", "not valid TOML: cannot overwrite a value (at line 2, column 6)"),
    ],
)
def test_what_is_no_toml_is_said_with_its_place(text: str, expected: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith(expected)


LATER = """
[[steps]]
id = "x"
name = "x"
anchor = "course.last"
"""
SECOND = """
[[steps]]
id = "{id}"
name = "x"
count = 2
anchor = "{anchor}"
spacing = {{ preferred = "1 week" }}
"""


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        (
            SECOND.format(id="later", anchor="cours.last"),
            ["steps[2].anchor: there is no step 'cours' (did you mean 'course'?)"],
        ),
        (
            SECOND.format(id="a", anchor="b.last") + SECOND.format(id="b", anchor="a.first"),
            [
                "steps[2].anchor: goes round in a circle: a -> b -> a",
            ],
        ),
        (
            SECOND.format(id="course", anchor="start"),
            [
                "steps[2].id: 'course' is the id of steps[1] too, and no option in their 'when'"
                " shuts one of them out"
            ],
        ),
        (
            SECOND.format(id="x", anchor="course.last").replace('preferred = "1 week"', ""),
            ["steps[2].spacing: needs a preferred value, or both min and max"],
        ),
        (
            SECOND.format(id="x", anchor="course.last").replace(
                'preferred = "1 week"', 'min = "2 months", preferred = "30 days", max = "1 month"'
            ),
            [
                "steps[2].spacing.min: 2 months can be longer than max, 1 month",
                "steps[2].spacing.min: 2 months can be longer than preferred, 30 days",
                "steps[2].spacing.preferred: 30 days can be longer than max, 1 month",
            ],
        ),
        (
            SECOND.format(id="x", anchor="course.last").replace(
                'preferred = "1 week"', 'min = "1 week", max = "2 weeks", tolerance = "1 day"'
            ),
            [
                "steps[2].spacing.tolerance: needs a preferred value to lie around",
                "steps[2].spacing.tolerance: stands in place of min and max, not beside them",
            ],
        ),
        (
            SECOND.format(id="x", anchor="course.last").replace(
                "count = 2", "count = { min = 4, preferred = 3, max = 5 }"
            ),
            ["steps[2].count: 4, 3, 5 are not in the order min, preferred, max"],
        ),
        (
            SECOND.format(id="x", anchor="course.last")
            + 'group = { size = 3, spacing = { min = "2 weeks", max = "1 week" } }\n',
            [
                "steps[2].group.spacing.min: 2 weeks can be longer than max, 1 week",
                "steps[2].group.spacing.preferred: missing",
                'steps[2].group: goes with count = "open", or with lasting',
            ],
        ),
        (
            "price = { min = 3, max = 2, currency = 'EUR' }\n"
            + SECOND.format(id="x", anchor="course.last")
            + "price = { min = 1, max = 2, currency = 'USD' }\n",
            [
                "steps: prices in several currencies, EUR, USD: use one",
                "steps[1].price.min: 3 is more than max, 2",
            ],
        ),
        (
            "figures.spacin = { strength = 'default' }\nfigures.count = {}\n",
            [
                'steps[1].figures."count": says nothing: give source, strength or why',
                'steps[1].figures."spacin": this table has no such key, or it is not given',
            ],
        ),
        (
            "when = { colour = 'red', sex = 'f', age = 'x', pregnancy = 'maybe' }\n"
            "[questions]\npregnancy = { ask = 'pregnant?', only = { sx = 'male' } }\n",
            [
                "questions.pregnancy.only.sx: there is no option or question 'sx'"
                " (did you mean 'sex'?)",
                "steps[1].when.age: 'x' is not a range of ages such as '31..50', '..30' or '65..'",
                "steps[1].when.colour: there is no option or question 'colour'",
                "steps[1].when.pregnancy: 'maybe' is not one of yes, no, unknown",
                "steps[1].when.sex: 'f' is not one of female, male",
            ],
        ),
        (
            "[options]\nage = { label = 'x', default = 'b', choices = { a = 'A' } }\n"
            "[questions]\nsex = { ask = 'x?' }\n",
            [
                "options.age.default: 'b' is not one of its choices: a",
                "options.age: the name is taken by a question on the patient",
                "questions.sex: sex and age are asked anyway and need no question",
            ],
        ),
        (
            "[restrictions]\nsun = { label = 'x', around = ['curse'] }\n"
            "dye = { label = 'x', after = { at_least = '2 weeks', ideal = '1 week' } }\n",
            [
                "restrictions.dye.after.at_least: 2 weeks can be longer than ideal, 1 week",
                "restrictions.sun.around: there is no step 'curse' (did you mean 'course'?)",
                "restrictions.sun: needs 'before', 'after' or 'until'; or 'how_long', in words",
            ],
        ),
        (
            "[milestones]\nfirst = { label = 'x', at = 'curse-4' }\n"
            "[expectations]\nfading = { label = 'x', begins = '1 day' }\n"
            "red = { label = 'x', at = 'nowhere.last', ends = '1 day' }\n",
            [
                "expectations.fading.at: missing: what do its dates count from?",
                "expectations.red.at: there is no step 'nowhere'",
                "milestones.first.at: there is no step 'curse' (did you mean 'course'?)",
            ],
        ),
        (
            "[rules]\na = { outcome = 'document', says = 'x' }\n"
            "b = { outcome = 'caution', says = 'x', question = 'q', event = 'e', ends = '1 day' }\n"
            "c = { outcome = 'caution', says = 'x', when = { sex = 'male' }, ends = '1 day' }\n"
            "d = { outcome = 'caution', says = 'x', event = 'd', ends = '1 day' }\n"
            "[events]\nd = { label = 'x', begins = 'q' }\n",
            [
                "events.d.begins: there is no question 'q'",
                "rules.a.task: missing: what is to be got for 'document'?",
                "rules.a: needs a question, an event or a 'when' to hang on",
                "rules.b.event: there is no event 'e'",
                "rules.b.question: there is no question 'q'",
                "rules.c.event: missing: what do its dates count from?",
                "rules.d.question: missing: what is asked where the event's date is not known?",
            ],
        ),
        (
            LATER + "total = 3\noffsets = ['1 day', '2 days']\nlasting = '1 week'\n",
            [
                "steps[2].offsets: say how many there are: not beside lasting or until",
                "steps[2].offsets: stands in place of total, not beside it",
                "steps[2].total: stands in place of lasting, not beside it",
            ],
        ),
        (
            LATER.replace("x", "first") + "until = 'regrowth'\nend_included = true\n"
            "duration = '1 hour'\ndurations = ['1 hour']\nspacing.preferred = '1 week'\n",
            [
                "steps[2].durations: stands in place of duration, not beside it",
                "steps[2].end_included: belongs to 'lasting', which is missing",
                "steps[2].id: 'first' has a meaning of its own: choose another name",
                "steps[2].until: there is no event 'regrowth'",
                "steps[2].until: what is planned before its day is known? give count or lasting"
                " too",
            ],
        ),
        (
            LATER + "count = 3\nlimits = [{ anchor = 'course.last', min = '1 day',"
            " max = '1 week' }]\n",
            ["steps[2].spacing: needs a preferred value, or both min and max"],
        ),
        (
            LATER + "count = { min = 3, max = 2 }\nlasting = { min = '2 weeks', max = '1 week' }\n"
            "spacing.preferred = '1 week'\n",
            [
                "steps[2].count: 3, 2 are not in the order min, max",
                "steps[2].lasting.min: 2 weeks can be longer than max, 1 week",
            ],
        ),
        (
            LATER + "count = 3\nrate = { times = { min = 2, max = 1 }, per = 'day' }\n"
            "weekdays = ['mon']\nspacing = [{ preferred = '1 day' }, { max = '12 hours' }]\n",
            [
                "steps[2].rate.per: appointments lie on different days: week, month or year",
                "steps[2].rate.times: 2, 1 are not in the order min, max",
                "steps[2].rate: stands in place of spacing.preferred, not beside it",
                "steps[2].spacing[2].max: 12 hours is less than a day: appointments lie on"
                " different days",
                "steps[2].weekdays: stands in place of spacing.preferred, not beside it",
            ],
        ),
        (
            LATER + "spacing = []\nprice = []\nlimits = [{ anchor = 'nowhere.last' },"
            " { anchor = 'events.x', min = '2 weeks', max = '-1 week' }]\n"
            "seasons = ['02-30..03-31']\n",
            [
                "steps[2].limits[1].anchor: there is no step 'nowhere'",
                "steps[2].limits[1]: needs min, max or apart",
                "steps[2].limits[2].anchor: there is no event 'x'",
                "steps[2].limits[2].min: 2 weeks can be later than max, -1 week",
                "steps[2].price: an empty list: give one for each appointment",
                "steps[2].seasons: '02-30..03-31': there is no 02-30",
                "steps[2].spacing: an empty list: give one for each gap",
            ],
        ),
        (
            LATER + "count = 2\nspacing = [{ preferred = '1 day' }, { preferred = '1 day' },"
            " { preferred = '1 day' }]\nprice = [{ min = 1, max = 2, currency = 'EUR',"
            " within = '1 week' }, { min = 1, max = 2, currency = 'EUR', within = '1 week',"
            " later = { min = 3, max = 2 } }]\n",
            [
                "steps[2].price[1]: 'within' and 'later' go together",
                "steps[2].price[2].later.min: 3 is more than max, 2",
                "steps[2].spacing: 3 gaps, and the step has 2",
            ],
        ),
        (
            LATER + "count = 'open'\nspacing.preferred = '1 month'\n"
            "group = { size = 2, spacing = [] }\n",
            ["steps[2].group.spacing: an empty list: give one for each gap"],
        ),
        (
            LATER
            + "limits = [{ anchor = 'y.last', max = '1 week' }]\n"
            + LATER.replace("x", "y").replace("course.last", "x.last"),
            [
                "steps[2].anchor: goes round in a circle: x -> y -> x",
            ],
        ),
        (
            "[restrictions]\nd = { label = 'x', begins = '3 days', after = '2 days' }\n"
            "e = { label = 'x', begins = '3 days',"
            " after = { at_least = '1 day', ideal = '4 days' } }\n"
            "a = { label = 'x', begins = '1 day' }\n"
            "b = { label = 'x', begins = '1 day', before = '1 day', after = '2 days',"
            " until = 'curse.last' }\n"
            "c = { label = 'x', after = '1 day',"
            " around = ['course-2', 'curse.last', 'curse-2'] }\n",
            [
                "restrictions.a.begins: needs an end: 'after' or 'until'",
                "restrictions.b.begins: stands in place of before, not beside it",
                "restrictions.b.until: there is no step 'curse' (did you mean 'course'?)",
                "restrictions.c.around: there is no step 'curse' (did you mean 'course'?)",
                "restrictions.c.around: there is no step 'curse-2' (did you mean 'course'?)",
                "restrictions.d.begins: 3 days can be later than after, 2 days",
            ],
        ),
        (
            "[tasks]\na = { label = 'x', session = 'curse.last', renewed = true, event = 'x' }\n"
            "b = { label = 'x', session = 'course', around = ['events.x'] }\n",
            [
                "tasks.a.event: belongs to 'valid', which is missing",
                "tasks.a.event: there is no event 'x'",
                "tasks.a.renewed: belongs to 'valid', which is missing",
                "tasks.a.session: there is no step 'curse' (did you mean 'course'?)",
                "tasks.b.around: stands in place of session, not beside it",
                "tasks.b.around: there is no event 'x'",
                "tasks.b: a task is for appointments, and 'events.x' is none",
            ],
        ),
        (
            "[routines]\na = { label = 'x' }\nb = { label = 'x', every = '12 hours',"
            " weekdays = ['mon'], lasting = '1 week', until = 'course.last' }\n"
            "c = { label = 'x', rate = { times = { min = 0, max = 1 }, per = 'day' },"
            " anchor = 'events.x', until = 'curse.last' }\n",
            [
                "routines.a: needs 'every', 'rate', 'weekdays' or 'how_often'",
                "routines.b.every: 12 hours: whole days; several times a day are a 'rate'",
                "routines.b.until: stands in place of lasting, not beside it",
                "routines.b.weekdays: stands in place of every, not beside it",
                "routines.c.anchor: there is no event 'x'",
                "routines.c.rate.times.min: 0 times is no rhythm",
                "routines.c.until: there is no step 'curse' (did you mean 'course'?)",
            ],
        ),
        (
            "[expectations]\nred = { label = 'x', at = 'start', begins = '3 days',"
            " ends = '2 days' }\n[questions]\nq = { ask = 'x?' }\n"
            "[events]\ne = { label = 'x', begins = 'q' }\n"
            "[rules]\nb = { outcome = 'caution', says = 'x', question = 'q', event = 'e',"
            " begins = '1 day', ends = '-1 day' }\n",
            [
                "expectations.red.begins: 3 days can be later than ends, 2 days",
                "rules.b.begins: 1 day can be later than ends, -1 day",
            ],
        ),
        (
            "[tasks.a]\nlabel = 'x'\nwhen = { 'events.x' = '6 months', 'events.e' = '..1 week' }\n"
            "[[notes]]\ntext = 'x'\nwhen = { 'events.e' = '1 week..2 weeks' }\n"
            "[events]\ne = { label = 'x' }\n",
            [
                'notes[1].when."events.e": the time since an event counts in tasks and restrictions'
                " only",
                "tasks.a.when.\"events.x\": '6 months' is not a range of spans such as"
                " '6 months..' or '..6 months'",
                "tasks.a.when.\"events.x\": there is no event 'x'",
            ],
        ),
        (
            "figures.'spacing.1.min' = { strength = 'default' }\n"
            + LATER
            + "count = 2\nspacing = [{ preferred = '1 day' }]\n"
            "figures.'spacing.1.preferred' = { strength = 'default' }\n"
            "figures.'spacing.2.preferred' = { strength = 'default' }\n",
            [
                'steps[1].figures."spacing.1.min": this table has no such key, or it is not given',
                'steps[2].figures."spacing.2.preferred": this table has no such key, or it is not'
                " given",
            ],
        ),
        (
            "[[contradictions]]\nwhen = { x = 'y' }\nsays = 'no'\n",
            ["contradictions[1].when.x: there is no option or question 'x'"],
        ),
    ],
)
def test_a_fault_of_sense_has_its_path(addition: str, expected: list[str]) -> None:
    assert faults(HEAD + STEP + addition) == expected


def test_a_course_starts_somewhere() -> None:
    found = faults(HEAD + STEP.replace("count = 3", 'count = 3\nanchor = "course.last"'))
    assert found == [
        "steps: none is anchored at the start or at an event",
        "steps[1].anchor: goes round in a circle: course -> course",
    ]


def test_a_file_that_counts_from_day_1_has_no_day_0() -> None:
    text = (
        HEAD
        + "first_day = 1\n"
        + STEP
        + LATER
        + "offsets = ['0 days', '1 day']\n"
        + "[milestones]\na = { label = 'x', after = '0 days' }\nb = { label = 'x' }\n"
    )
    assert faults(text) == [
        "milestones.a.after: '0 days': the first day is 1 here (first_day)",
        "steps[2].offsets: '0 days': the first day is 1 here (first_day)",
    ]


def test_variants_of_a_step_share_its_id() -> None:
    option = "\n[options.pace]\nlabel = 'pace'\ndefault = 'a'\nchoices = { a = 'A', b = 'B' }\n"
    one = STEP + "when = { pace = 'a' }\n"
    other = STEP + "when = { pace = ['b'] }\n"
    assert len(parse_protocol(HEAD + one + other + option, "prp.toml").steps) == 2


def test_ages_are_ranges() -> None:
    text = HEAD + STEP + "[[notes]]\ntext = 'x'\nwhen = { age = ['..30', '51', '31..50', '65..'] }"
    assert parse_protocol(text, "x").notes[0].when["age"] == ("..30", "51", "31..50", "65..")
    assert faults(text.replace("31..50", "50..31")) == [
        "notes[1].when.age: '50..31' is not a range of ages such as '31..50', '..30' or '65..'"
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"#" * (1024 * 1024 + 1), "larger than 1 MiB, which no such file needs to be"),
    ],
)
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read_text_file(path)
    assert error.value.faults == (f"{path}: {expected}",)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_text_file(tmp_path)
    assert error.value.faults == (f"{tmp_path}: cannot be read: Is a directory",)


def test_a_number_with_a_point_is_said_in_our_own_words() -> None:
    with pytest.raises(InputError) as error:
        parse_toml("[x]\na = 3.0", dict[str, dict[str, int]], "x.toml")
    assert error.value.faults == ("x.toml: x.a: 3.0 is not a whole number",)


def test_a_date_is_a_date() -> None:
    found = faults(HEAD.replace("date = 2026-11-01", "date = 'yesterday'") + STEP)
    assert found == ["date: 'yesterday' is not a date"]


def test_a_long_value_is_shown_in_part() -> None:
    (fault,) = faults((HEAD + STEP).replace("count = 3", f"count = '{'x' * 300}'"))
    assert fault == f"steps[1].count: '{'x' * 59}... is not a whole number or 'open' or a table"


@given(
    st.sampled_from(protocol_names()),
    st.integers(0, 20_000),
    st.text(max_size=12),
    st.integers(0, 40),
)
def test_a_damaged_file_ends_in_a_protocol_or_in_our_own_error(
    name: str, place: int, text: str, cut: int
) -> None:
    whole = read_protocol_text(name)
    damaged = whole[:place] + text + whole[place + cut :]
    try:
        assert parse_protocol(damaged, name).format == 1
    except HairplanError as error:
        assert all(fault.startswith(f"{name}: ") for fault in error.faults)
