"""A plan at the desk: what is needed with a patient in the chair, on one screen.

Conventions:

* Warnings come first; they alone are red. The last line counts them, as the top may have scrolled.
* The timeline and the list of what to avoid are one block: the list's head explains the bars.
* Whatever does not fit into a line is left out from the right, but for what somebody has to know:
  that goes on below. No date and no name is broken.
* Blank lines are spent only as far as a screen of 30 lines reaches.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hairplan.plan import Plan
from hairplan.planner.paused import describe_pauses
from hairplan.show.avoid import (
    AvoidGroup,
    AvoidList,
    AvoidRow,
    avoid_groups,
    drawn_sessions,
    later_sessions,
)
from hairplan.show.desk_days import reword_days, say_day
from hairplan.show.desk_head import (
    chair_time,
    choices,
    course_cost,
    course_of,
    describe_course,
    each_length,
)
from hairplan.show.desk_sessions import SessionRow, session_rows
from hairplan.show.errands import Commands, Errand, errands, questions
from hairplan.show.segments import (
    IDEAL,
    LEAST,
    DeskLine,
    Segment,
    columns_of,
    cut,
    pad,
    wrap,
)
from hairplan.show.timeline import draw_timeline, timeline_lines
from hairplan.show.warnings import plan_warnings
from hairplan.words import describe_rhythm, format_count, name_run

if TYPE_CHECKING:
    from hairplan.show.document import Mark

SCREEN: Final = 30
"""How many lines a plan may take, as far as it can."""

_NARROW: Final = 72
_WIDE: Final = 110
_NO_ROOM: Final = 50
_LEGEND: Final = "█ least ░ ideal"
_LABEL: Final = 24
_NARROW_LABEL: Final = 15
_MOST_QUESTION_LINES: Final = 3
_SEPARATOR: Final = " · "
_FEW_DAYS: Final = 4
_COLUMNS: Final = {"id": "Session", "day": "Date", "time": "Time", "window": "Window"}
_AGAIN: Final = 2
"""The column of the day from which it may be again."""


class Desk(Struct, frozen=True):
    """The desk that a plan is shown at.

    Attributes:
        today: the day to mark.
        width: the width of the terminal in columns.
        commands: how to go on.
    """

    today: date
    width: int
    commands: Commands

    @property
    def is_narrow(self) -> bool:
        """Whether dates have to be short."""
        return self.width < _NARROW


def desk_lines(plan: Plan, desk: Desk) -> list[DeskLine]:
    """Lay a plan out for the desk."""
    warned = list(plan_warnings(plan))
    head = [*_head(plan, desk), *_warning_lines(warned, desk)]
    block = _block(plan, desk)
    todo = [*_todo(plan, desk), *_ask(plan, desk), *_last(plan, desk, len(warned))]
    sessions = _session_lines(session_rows(plan, is_narrow=desk.is_narrow), desk)
    spare = SCREEN - sum(map(len, (head, sessions, block, todo))) - bool(block)
    parts = [(head, True), (sessions, spare > 0), (block, spare >= 0), (todo, spare > 1)]
    lines: list[DeskLine] = []
    for part, has_blank in parts:
        lines += [(), *part] if lines and part and has_blank else part
    return lines


# ---- the head ----


def _head(plan: Plan, desk: Desk) -> Iterator[DeskLine]:
    course = course_of(plan)
    title = _SEPARATOR.join(filter(None, (plan.protocol.name, plan.ref)))
    texts = [f"{title}{_SEPARATOR}{describe_course(plan, course)}"]
    if columns_of(texts[0]) > desk.width:
        texts = [title, describe_course(plan, course)]
    for text in texts:
        yield from wrap((Segment(text, strong=True),), desk.width)
    parts = (each_length(course), chair_time(course), course_cost(plan), plan.place)
    about = _SEPARATOR.join(filter(None, parts))
    if about := _with_choices(about, plan, desk):
        yield from wrap((Segment(about),), desk.width)


def _with_choices(about: str, plan: Plan, desk: Desk) -> str:
    """Add the choices to what is said of a course, if they fit; else those that were asked for."""
    every, asked = (", ".join(each) for each in choices(plan))
    whole, least = (_SEPARATOR.join(filter(None, (about, each))) for each in (every, asked))
    return whole if columns_of(whole) <= desk.width else least


def _warning_lines(warnings: Iterable[Sequence[str]], desk: Desk) -> Iterator[DeskLine]:
    for first, *below in warnings:
        for start, text in (("! ", first), *(("  ", line) for line in below)):
            line = Segment(reword_days(text), "refused", strong=True)
            for at, pieces in enumerate(wrap((line,), desk.width - 2, indent=0)):
                yield (Segment("  " if at else start, "refused", strong=True), *pieces)


# ---- the sessions ----


def _session_lines(rows: Sequence[SessionRow], desk: Desk) -> list[DeskLine]:
    if not rows:
        return []
    # A time is a column as soon as one session has it.
    names = [name for name in _COLUMNS if name != "time" or any(row.time for row in rows)]
    heads = [_COLUMNS[name] for name in names]
    single = [[getattr(row, name) for name in names] for row in rows if not row.is_run]
    widths = [max(map(columns_of, column)) for column in zip(heads, *single, strict=True)]
    widths[0] = max(columns_of(row.id) for row in (*rows, SessionRow(id=heads[0], day="")))
    lines: list[DeskLine] = [(Segment(_padded(heads, widths)),)]
    for row in rows:
        if row.is_run:
            lines += _below((Segment(f"{pad(row.id, widths[0])}  "),), _run_text(row), desk)
        else:
            start = Segment(_padded([getattr(row, name) for name in names], widths))
            lines += _row_lines(row, start, widths[0] + 2, desk)
    return lines


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(f"{pad(cell, width)}  " for cell, width in zip(cells, widths, strict=True))


def _run_text(row: SessionRow) -> DeskLine:
    if not row.state:
        return (Segment(row.day, row.mark),)
    return (Segment(f"{row.day}, "), Segment(row.state, row.mark))


def _below(start: DeskLine, text: DeskLine, desk: Desk) -> list[DeskLine]:
    """Return a line that goes on below, where it began."""
    indent = sum(columns_of(segment.text) for segment in start)
    first, *rest = wrap(text, desk.width - indent, indent=0)
    return [(*start, *first), *((Segment(" " * indent), *line) for line in rest)]


def _row_lines(row: SessionRow, start: Segment, indent: int, desk: Desk) -> list[DeskLine]:
    """Return the line of an appointment; its state and the reason are below it, if it is full."""
    state = Segment(row.state, row.mark)
    # A reason is a sentence to read, and yellow is not for sentences on a light background.
    why_mark: Mark = "open" if row.mark == "open" else "plain"
    why = Segment(f": {row.why}" if row.state and row.why else row.why, why_mark)
    room = desk.width - columns_of(start.text)
    if columns_of(state.text + why.text) <= room:
        return [(start, state, why)]
    margin = (Segment(" " * indent),)
    if columns_of(state.text) > room:
        return [(start,), *_below(margin, (state, why), desk)]
    return [(start, state), *_below(margin, (Segment(row.why, why_mark),), desk)]


# ---- the timeline, and what to avoid ----


def _block(plan: Plan, desk: Desk) -> list[DeskLine]:
    groups = avoid_groups(plan)
    widest = _NARROW_LABEL if desk.is_narrow else _LABEL
    labels = [group.label(widest) for group in groups]
    width = max(map(columns_of, (*labels, _LEGEND))) + 1
    drawn = None
    if desk.width >= _NO_ROOM:
        drawn = draw_timeline(plan, groups, labels, desk.today, desk.width - width - 1)
    lines = timeline_lines(drawn, width) if drawn else []
    if groups:
        lines += _avoid_lines(plan, groups, widest, width, desk)
    lines += _told_lines(plan, width, desk)
    return lines + _doubt_lines(groups, desk)


def _told_lines(plan: Plan, width: int, desk: Desk) -> list[DeskLine]:
    """Say what to avoid as long as the clinic says: no length of it can be drawn."""
    lines: list[DeskLine] = []
    for told in plan.instructions:
        doubt = "?" if told.only_if else ""
        only = f" (only if {told.only_if})" if told.only_if else ""
        label = Segment(f"{pad(f'{told.id}{doubt}', width - 1)} ", strong=True)
        days = ", ".join(map(say_day, told.begins))
        begins = days if len(told.begins) <= _FEW_DAYS else name_run(told.sessions)
        text = f"{told.how_long}, from {begins} on{only}"
        lines += _below((label,), (Segment(text),), desk)
    return lines


def _avoid_lines(
    plan: Plan, groups: Sequence[AvoidGroup], widest: int, width: int, desk: Desk
) -> list[DeskLine]:
    days = {session.id: session.on for session in plan.dated}
    avoid = AvoidList(groups, days, widest, desk.is_narrow)
    rows = list(avoid.rows(len(drawn_sessions(plan))))
    has_least = any("(" in row.until for row in rows)
    heads = AvoidRow("", "from", "until (at least)" if has_least else "until", "again from", "for")
    names = ("first", "until", "again", "sessions")[: 4 if desk.width >= _WIDE else 3]
    every = [[getattr(row, name) for name in names] for row in (heads, *rows)]
    widths = [max(map(columns_of, column)) for column in zip(*every, strict=True)]
    legend = (
        Segment(halves=(LEAST, LEAST)),
        Segment(" least "),
        Segment(halves=(IDEAL, IDEAL)),
        Segment(f" ideal{' ' * (width - columns_of(_LEGEND))}"),
    )
    lines: list[DeskLine] = [(*legend, *_cells(every[0], widths, is_strong=False))]
    for row, cells in zip(rows, every[1:], strict=True):
        label = Segment(pad(row.label, width), strong=True)
        if row.rule:
            first, *below = wrap((Segment(row.rule),), desk.width - width, indent=1)
            lines += [(label, *first), *((Segment(" " * width), *line) for line in below)]
        else:
            lines.append((label, *_cells(cells, widths, is_strong=True)))
    return lines


def _cells(cells: Sequence[str], widths: Sequence[int], *, is_strong: bool) -> DeskLine:
    """Return the cells of a row; from when it may be again is what a patient asks."""
    segments = []
    for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        last = at == len(cells) - 1
        segments.append(
            Segment(cell if last else pad(cell, width), strong=is_strong and at == _AGAIN)
        )
        segments += [] if last else [Segment("  ")]
    return tuple(segments)


def _doubt_lines(groups: Sequence[AvoidGroup], desk: Desk) -> list[DeskLine]:
    """Say what hangs on open answers, and what is not dated yet."""
    doubts = {group.only_if: group.names for group in groups if group.only_if}
    texts = [f"? only if {only}" for only in doubts]
    if len(doubts) > 1:
        texts = [f"{', '.join(names)}? only if {only}" for only, names in doubts.items()]
    segments = [Segment("; ".join(texts), "open")] if texts else []
    if runs := later_sessions(groups):
        later = f"{', '.join(runs)}: the same again; dates nearer the time"
        segments.append(Segment(f"{_SEPARATOR if texts else ''}{later}"))
    return wrap(tuple(segments), desk.width, indent=0) if segments else []


# ---- to do, to ask, and how to go on ----


def _todo(plan: Plan, desk: Desk) -> Iterator[DeskLine]:
    found = errands(plan)
    for errand in found:
        if errand.blocks or errand.due:
            yield from _errand_lines(errand, desk)
    repeated: dict[str, list[Errand]] = {}
    for errand in found:
        if not (errand.blocks or errand.due):
            repeated.setdefault(errand.sessions, []).append(errand)
    for sessions, each in repeated.items():
        texts = [_describe_errand(errand) for errand in each if not errand.optional]
        if optional := [_describe_errand(errand) for errand in each if errand.optional]:
            texts.append(f"optional: {', '.join(optional)}")
        line = (Segment(f"{sessions}:", strong=True), Segment(f" {'; '.join(texts)}"))
        yield from wrap(line, desk.width)
    for routine in plan.routines:
        rhythm = describe_rhythm(routine.rhythm, routine.first, routine.last)
        rhythm = reword_days(rhythm + describe_pauses(routine.pauses, _FEW_DAYS))
        only = f"if {routine.only_if}: " if routine.only_if else ""
        line = (Segment(f"at home, {rhythm}:", strong=True), Segment(f" {only}{routine.label}"))
        yield from wrap(line, desk.width)


def _errand_lines(errand: Errand, desk: Desk) -> list[DeskLine]:
    by_day = f"by {say_day(errand.due)}" if errand.due else ""
    when = by_day
    if errand.blocks:
        before = f"before {errand.sessions} may take place"
        when = f"[ ] {before}{f', {by_day}' if by_day else ''}"
    only = f"if {errand.only_if}: " if errand.only_if else ""
    optional = " (optional)" if errand.optional else ""
    line = (Segment(f"{when}:", strong=True), Segment(f" {only}{errand.label}{optional}"))
    if errand.optional and errand.only_if and not errand.blocks:
        rest = cut(line[1].text, desk.width - columns_of(line[0].text))
        return [(line[0], Segment(rest))]
    return wrap(line, desk.width)


def _describe_errand(errand: Errand) -> str:
    lead = f", {errand.how_far}" if errand.how_far else ""
    only = f"if {errand.only_if}: " if errand.only_if else ""
    return f"{only}{errand.label}{lead}"


def _ask(plan: Plan, desk: Desk) -> list[DeskLine]:
    """Name the open questions, in three lines at most."""
    names = [question.name for question in questions(plan)]
    if not names:
        return []
    head = Segment(f"Ask {len(names)}:", "open", strong=True)
    lines = wrap((head, Segment(f" {', '.join(names)}", "open")), desk.width)
    shown = len(names) - 1
    while len(lines) > _MOST_QUESTION_LINES and shown:
        text = f" {', '.join(names[:shown])} and {len(names) - shown} more"
        lines = wrap((head, Segment(text, "open")), desk.width)
        shown -= 1
    return lines


def _last(plan: Plan, desk: Desk, warned: int) -> list[DeskLine]:
    """Say how to go on, as far as there is room."""
    parts = [Segment(f"{format_count(warned, 'warning')} at the top", "refused", strong=True)]
    parts = parts if warned else []
    if questions(plan):
        parts.append(Segment(desk.commands.ask, strong=True))
    parts += [Segment("--full for all"), Segment(desk.commands.show)]
    line: list[Segment] = []
    taken = 0
    for part in parts:
        taken += columns_of(part.text) + (len(_SEPARATOR) if line else 0)
        if taken > desk.width and line:
            break
        line += [Segment(_SEPARATOR), part] if line else [part]
    return [tuple(line)]
