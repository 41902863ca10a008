"""A plan as a calendar: the calendar that the options ask for, and the files that it becomes."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from msgspec import Struct, structs

from hairplan.calendar import ics
from hairplan.calendar.items import CalendarChoice, Item, items_of
from hairplan.calendar.left_out import NOUNS, left_out_of
from hairplan.calendar.texts import choose_wording
from hairplan.cli.calendar_content import content_asked, one_of
from hairplan.cli.clock import zone_here
from hairplan.cli.delivery import STDOUT, deliver, is_rehearsal
from hairplan.cli.options import CalendarContent, CalendarOptions, ResultOptions
from hairplan.cli.terminal import put, say
from hairplan.clinic.readers import OptionReader, short_span
from hairplan.clinic.settings import Settings, Templates, place_of
from hairplan.clinic.templates import (
    AUDIENCES,
    Audience,
    CareMode,
    Details,
    revealing_fields,
)
from hairplan.errors import LOOK_AT_THIS, InputError
from hairplan.show.earlier import calendar_marks
from hairplan.words import format_count, format_date, join_words

if TYPE_CHECKING:
    from hairplan.calendar.ledger import CalendarUpdate
    from hairplan.cli.plan_view import PlanView
    from hairplan.plan import Plan
    from hairplan.request import PlanRequest

Revisions = ics.Revision | Mapping[str, ics.Revision]

DETAILS: Final[tuple[Details, ...]] = ("brief", "full")
CARE: Final[tuple[CareMode, ...]] = ("changes", "bars", "none")
_DAY_MINUTES: Final = 24 * 60
_MOST_DAYS: Final = 366


class CalendarRequest(Struct, frozen=True):
    """A calendar as it is wanted.

    Attributes:
        choice: what goes into it.
        shape: what it is called, and whether it is for subscription.
        split: the folder for a file an event; null for one file.
        changes_only: only what changed since the last export.
        stamp: the moment that it is stamped with, in UTC.
    """

    choice: CalendarChoice
    shape: ics.CalendarShape
    split: Path | None
    changes_only: bool
    stamp: dt.datetime


# ---- what is wanted ----


def refuse_shapes(calendar: CalendarOptions, result: ResultOptions) -> None:
    """Refuse a folder of events together with one file.

    Raises:
        InputError: --split with what needs one file.
    """
    if calendar.split is None:
        return
    faults = ["--split and --feed: a feed is one file"] if calendar.feed else []
    if result.output is not None:
        faults.append("--split and --output: give a folder or a file")
    if result.form not in {None, "ics"}:
        faults.append(f"--split and --format {result.form}: a folder is of .ics files")
    if faults:
        raise InputError(*faults)


def wanted_from(
    calendar: CalendarOptions, settings: Settings, stamp: dt.datetime
) -> CalendarRequest:
    """Return the calendar that the options, the environment and the settings ask for.

    Raises:
        InputError: every fault of the options and of the settings.
    """
    choice = choice_from(calendar, settings)
    shape = ics.CalendarShape(settings.config.calendar.name or None, calendar.feed)
    return CalendarRequest(choice, shape, calendar.split, calendar.changes_only, stamp)


def choice_from(calendar: CalendarContent, settings: Settings) -> CalendarChoice:
    """Return what goes into a calendar by the options, the environment and the settings.

    Raises:
        InputError: every fault of the options and of the settings.
    """
    reader = OptionReader(dt.date.min)

    def value(name: str, given: str | None) -> tuple[str, str | None]:
        setting = settings.setting(name)
        return (f"--{name}", given) if given else (place_of(setting), setting.value)

    audience = reader.one(*value("audience", calendar.audience), lambda x: one_of(x, AUDIENCES))
    details = reader.one(*value("details", calendar.details), lambda x: one_of(x, DETAILS))
    alarm = reader.one(*value("alarm", calendar.alarm), alarm_minutes)
    care = reader.one(*value("care", calendar.care), lambda x: one_of(x, CARE))
    content = content_asked(reader, calendar, audience or "patient")
    if audience == "practice" and calendar.care:
        reader.faults.append(
            "--care: of a patient's calendar alone; the practice's has care periods --with"
            " restrictions"
        )
    if reader.faults or audience is None or details is None or alarm is None or care is None:
        raise InputError(*reader.faults)
    say_revealing(audience, settings)
    templates: Templates = getattr(settings.config.calendar, audience)
    return CalendarChoice(
        audience,
        details,
        content.kinds,
        alarm if alarm >= 0 else None,
        choose_wording(audience, templates.titles.given, templates.texts.given),
        care,
        content.tentative,
        utc=calendar.utc,
    )


def alarm_minutes(text: str) -> int:
    """Read how long before an appointment it rings, in minutes; -1 for "none".

    Raises:
        InputError: it is no length of time in days or less, up to a year.
    """
    if text.strip().lower() == "none":
        return -1
    try:
        length = short_span(text)
        minutes = -1 if length.months else length.minutes or length.days * _DAY_MINUTES
    except InputError:
        minutes = -1
    if not 0 <= minutes <= _MOST_DAYS * _DAY_MINUTES:
        raise InputError(f"'{text}' is not a time such as 1d, 2h or 30m, or none")
    return minutes


def zoned(request: "PlanRequest") -> "PlanRequest":
    """Return a request whose time has a zone: if none is given, this machine's, and say so.

    Raises:
        InputError: the machine does not name its zone.
    """
    if request.time is None or request.zone is not None:
        return request
    name = zone_here()
    say(f"zone: {name}, which is this machine's: --zone chooses another")
    return structs.replace(request, zone=name)


def for_patient(
    wanted: CalendarRequest, plan: "Plan", view: "PlanView", *, forced: bool
) -> CalendarRequest:
    """Return a calendar with the words of the patient's language, if it is a patient's.

    Raises:
        InputError: there are none of that language, or not of what to avoid.
    """
    choice = wanted.choice
    if choice.audience == "practice":
        return wanted
    from hairplan.cli.patient_catalog import catalog_for

    # In brief, nothing is said of what to avoid.
    catalog = catalog_for(plan, view, forced=forced or choice.details == "brief")
    return structs.replace(wanted, choice=structs.replace(choice, catalog=catalog))


# ---- what goes out ----


def deliver_calendar(plan: "Plan", wanted: CalendarRequest, result: ResultOptions) -> None:
    """Write a plan's calendar, or say what would be written, and what is left out.

    Over an earlier export of the plan it follows that.

    Raises:
        OutputError: it cannot be written.
        typer.Exit: there is nothing to write.
    """
    items = items_of(plan, wanted.choice)
    revisions: Revisions = ics.Revision(wanted.stamp)
    if (following := _following(plan, items, wanted, result)) is not None:
        items = following.chosen(changes_only=False, feed=wanted.shape.feed)
        revisions = following.revisions
    deliver_items(plan, items, revisions, wanted, result)
    say_left_out(plan, wanted)


def _following(
    plan: "Plan", items: Sequence[Item], wanted: CalendarRequest, result: ResultOptions
) -> "CalendarUpdate | None":
    """Return what follows an earlier export of a plan; None if there is none where it goes to."""
    path = result.output
    if path is None or path == STDOUT or wanted.split is not None or not path.is_file():
        return None
    from hairplan.calendar.earlier_export import EarlierFile, follow_export
    from hairplan.files.store import read_bytes

    return follow_export(EarlierFile(read_bytes(path)), plan, items, wanted.choice, wanted.stamp)


def deliver_items(
    plan: "Plan",
    items: Sequence[Item],
    revisions: Revisions,
    wanted: CalendarRequest,
    result: ResultOptions,
) -> None:
    """Write items in their versions, or say what would be written.

    Raises:
        OutputError: it cannot be written.
        typer.Exit: there is nothing to write.
    """
    if not items:
        say("no calendar is written: the plan has nothing with a day that was asked for")
        raise typer.Exit(LOOK_AT_THIS)
    if wanted.split is not None:
        _deliver_split(plan, items, revisions, wanted, result)
        return
    shape = ics.shape_for(plan, wanted.choice, wanted.shape)
    content = ics.render(items, plan.calendar_id, revisions, shape)
    deliver(
        content,
        result,
        _count_items(items, wanted.choice),
        marks=calendar_marks(plan),
        mode=_mode(wanted),
    )


def _mode(wanted: CalendarRequest) -> int | None:
    """Return the permissions of a new file; None for its owner's alone."""
    if not wanted.shape.feed:
        return None
    from hairplan.files.feeds import FEED_MODE

    return FEED_MODE


def say_revealing(audience: Audience, settings: Settings) -> None:
    """Warn of titles that would show on a patient's locked phone who is treated, or for what."""
    if audience != "patient":
        return
    for kind, template in settings.config.calendar.patient.titles.given.items():
        if names := revealing_fields(template):
            fields = join_words([f"{{{name}}}" for name in names])
            say(
                f"warning: {settings.path}: calendar.patient.titles.{kind}: {fields} may tell"
                f" on a locked phone who is treated, or for what"
            )


def say_nameless(request: "PlanRequest") -> None:
    """Say that another patient could have the same events, if nothing tells them apart."""
    if request.ref is None and request.id is None:
        say(
            "no --ref and no --id: another patient with the same request would have the same"
            " event ids"
        )


def say_left_out(plan: "Plan", wanted: CalendarRequest) -> None:
    """Say what is not in the calendar: appointments without a day, and what is left out of it."""
    waiting = [session.id for session in plan.sessions if session.status == "conditional"]
    if waiting and "session" in wanted.choice.content:
        say(f"not in the calendar, as no day is known yet: {', '.join(waiting)}")
    for line in left_out_of(plan, wanted.choice).describe():
        say(line)


def _count_items(items: Sequence[Item], choice: CalendarChoice) -> str:
    """Say how many events of which kind, such as "3 events (2 appointments and 1 task)"."""
    kinds = Counter(item.kind for item in items)
    is_by_changes = choice.audience == "patient" and choice.care == "changes"
    nouns = {**NOUNS, "restriction": "care day"} if is_by_changes else NOUNS
    parts = [format_count(kinds[kind], noun) for kind, noun in nouns.items() if kinds[kind]]
    if len(parts) == 1:
        return parts[0]
    return f"{format_count(len(items), 'event')} ({join_words(parts)})"


def _deliver_split(
    plan: "Plan",
    items: Sequence[Item],
    revisions: Revisions,
    wanted: CalendarRequest,
    result: ResultOptions,
) -> None:
    """Write a file for each event, or say which files."""
    from hairplan.files.store import check_all_writable, write_files

    assert wanted.split is not None, "no folder is wanted"
    folder = wanted.split
    shape = ics.named(wanted.shape, wanted.choice)
    files = {
        _file_name(item, plan.id): (
            ics.render((item,), plan.calendar_id, revisions, shape),
            (f"UID:{ics.uid(plan.calendar_id, item.id)}",),
        )
        for item in items
    }
    if not is_rehearsal(result):
        write_files(folder, files, force=result.force)
        say(f"wrote {_count_items(items, wanted.choice)}, a file each, to {folder}")
        return
    marks = {name: marks for name, (_, marks) in files.items()}
    check_all_writable(folder, marks, force=result.force)
    lines = [f"would write {_count_items(items, wanted.choice)}, a file each, to {folder}"]
    for name, item in zip(files, items, strict=True):
        day = item.begin.date() if isinstance(item.begin, dt.datetime) else item.begin
        lines.append(f"{name}  {format_date(day)}  {item.title}")
    put("\n".join((*lines, "")))


def _file_name(item: Item, plan_id: str) -> str:
    """Return a name that tells nothing of the treatment and stays when the event moves."""
    number = re.search(r"-\d+$", item.id) if item.kind == "session" else None
    stem = NOUNS[item.kind].replace(" ", "-") + (number[0] if number else "")
    return f"{stem}-{ics.uid(plan_id, item.id)[:8]}.ics"
