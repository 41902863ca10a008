"""A protocol file may say things in a shorter or freer way: it means the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OWN, Ran, day, own_plan, own_protocol

from hairplan.errors import InputError

Run = Callable[[str], Ran]

STEP = '\n[[steps]]\nid = "course"\nname = "session"\ncount = 3\nstrength = "clinic"\n'
PLAIN = STEP + 'spacing.preferred = "2 weeks"\n'
OTHERS = 'label = "x"\nstrength = "clinic"\n'


@pytest.mark.parametrize(
    ("short", "plain"),
    [
        (STEP + 'spacing = "2w"\n', PLAIN),
        (STEP + 'spacing = { preferred = "2 wks" }\n', PLAIN),
        (
            STEP + 'spacing = ["1 week", { min = "3d", max = "5d" }]\n',
            STEP + 'spacing = [{ preferred = "1 week" }, { min = "3 days", max = "5 days" }]\n',
        ),
        (PLAIN.replace("[[steps]]", "[steps]"), PLAIN),
        (
            PLAIN + 'price = "385 USD"\n',
            PLAIN + 'price = {min = 385, max = 385, currency = "USD"}\n',
        ),
        (
            PLAIN + 'price = ["300..500 USD", "200 - 250 USD"]\n',
            PLAIN
            + 'price = [{min = 300, max = 500, currency = "USD"},'
            + ' {min = 200, max = 250, currency = "USD"}]\n',
        ),
        (PLAIN + 'duration = "45m"\n', PLAIN + 'duration = "45 minutes"\n'),
        (PLAIN + 'durations = "1 h 30"\n', PLAIN + 'durations = ["1 hour 30 minutes"]\n'),
        (PLAIN + 'seasons = "09-01..11-30"\n', PLAIN + 'seasons = ["09-01..11-30"]\n'),
        (
            PLAIN + 'limits = { anchor = "course.first", max = "1 y - 4 d" }\n',
            PLAIN + 'limits = [{ anchor = "course.first", max = "1 year - 4 days" }]\n',
        ),
        (
            f'{PLAIN}[restrictions.sun]\n{OTHERS}before = "1d at 9:00"\naround = "course.last"\n',
            f'{PLAIN}[restrictions.sun]\n{OTHERS}before = "1 day at 09:00"\n'
            'around = ["course.last"]\n',
        ),
        (
            f"{PLAIN}[restrictions.sun]\n{OTHERS}"
            'after = { at_least = "2h30", ideal = "1.5 days" }\n',
            f'{PLAIN}[restrictions.sun]\n{OTHERS}after.at_least = "2 hours 30 minutes"\n'
            'after.ideal = "36 hours"\n',
        ),
    ],
)
def test_it_means_the_same(short: str, plain: str) -> None:
    assert own_protocol(short) == own_protocol(plain)


def test_languages_and_shorthands_go_together(hairplan: Run) -> None:
    text = PLAIN.replace("[[steps]]", "[steps]").replace('"session"', '{ en = "one", fr = "une" }')
    Path("own.toml").write_text(OWN + text)
    assert hairplan("validate own.toml").out == (
        "own.toml: own 3 is valid\n"
        "own.toml: warning: name: no text in 'fr', which other texts have\n"
        "own.toml: warning: summary: no text in 'fr', which other texts have\n"
        "own.toml: note: course.spacing.max: not given, assumed: 17 days\n"
        "own.toml: note: course.spacing.min: not given, assumed: 11 days\n"
    )


def test_faults_have_the_place_that_the_entry_would_have() -> None:
    with pytest.raises(Exception, match=r"steps\[1\]\.count: 0 is less than 1"):
        own_protocol(PLAIN.replace("[[steps]]", "[steps]").replace("count = 3", "count = 0"))


PARTS = (
    STEP
    + 'spacing = { min = "1 month", preferred = "1 month + 4 days", max = "2 months - 1 day" }\n'
    + '[milestones]\nb = { label = "look", after = "7 months + 4 weeks - 1 day",'
    + ' at = "course.first", strength = "clinic" }\n'
    + '[routines]\nm = { label = "mask", every = "1 month + 2 days", lasting = "4 months",'
    + ' strength = "clinic" }\n'
)


def test_spans_of_several_parts_are_planned_and_said_as_they_were_written(hairplan: Run) -> None:
    Path("own.toml").write_text(OWN + PARTS)
    out = hairplan("schedule ./own.toml --start 2026-01-31 --full").out
    for line in (
        "course-2  2/3  Wed 2026-03-04  32   2026-02-28..2026-03-30",
        "every 1 month + 2 days from Sat 2026-01-31 to Sat 2026-05-30, 4 times in all: mask",
        "Sun 2026-09-27: look",
        "course.spacing.preferred 1 month + 4 days",
        "milestones.b.after 7 months + 4 weeks - 1 day",
    ):
        assert line in out


def test_a_routine_of_months_and_days_has_its_days_in_the_calendar(hairplan: Run) -> None:
    Path("own.toml").write_text(OWN + PARTS)
    out = hairplan("schedule ./own.toml --start 2026-01-31 -f ics --ref A-1").out
    assert "RDATE;VALUE=DATE:20260302,20260404,20260506" in out


def test_no_days_around_an_appointment_are_its_day_alone() -> None:
    sun = f'{PLAIN}[restrictions.sun]\n{OTHERS}before = "0 days"\nbegins = "0 days"\n'
    with pytest.raises(InputError):
        own_protocol(sun)
    plan = own_plan(sun.replace("begins =", "after ="))
    first = plan.restrictions[0].at_least[0]
    assert (str(first.first), str(first.last)) == ("2027-01-04", "2027-01-04")


def test_a_condition_on_the_time_since_an_event_reads_the_same_spans() -> None:
    def periods(months: str) -> int:
        text = f'{PLAIN}[events]\ndye = {{ label = "dye" }}\n[restrictions.sun]\n{OTHERS}'
        text += f'after = "1 day"\nwhen = {{ "events.dye" = "..{months}" }}\n'
        plan = own_plan(text, events={"dye": day("2026-12-30")})
        return sum(len(each.at_least) for each in plan.restrictions)

    assert periods("2wk") == periods("2 weeks") == 1


@pytest.mark.parametrize(
    ("options", "config"),
    [
        ("--spacing 3w --duration '1 h 30'", ""),
        ("", 'spacing = "3 wks"\nduration = "1.5 hours"\n'),
    ],
)
def test_options_and_settings_read_the_same_spans(hairplan: Run, options: str, config: str) -> None:
    Path("own.toml").write_text(OWN + PLAIN)
    Path("clinic.toml").write_text(f"[treatments.own]\n{config}")
    out = hairplan(
        f"schedule ./own.toml --start 2027-01-04 --full --config clinic.toml {options}"
    ).out
    assert "3 sessions from Mon 2027-01-04 to Mon 2027-02-15, 1 h 30 min each" in out


def test_figures_read_the_same_spans(hairplan: Run) -> None:
    Path("own.toml").write_text(OWN + PLAIN.replace('"clinic"', '"default"'))
    ran = hairplan(
        "schedule ./own.toml --full --start 2027-01-04 --figure course.spacing.preferred=3w"
    )
    assert "the clinic's own: course.spacing.preferred 3 weeks" in ran.out
