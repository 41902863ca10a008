"""What changed between two plans, as a person reads it: a part for each kind of thing."""

from collections.abc import Sequence
from typing import Final

from hairplan.follow.diff import Change, ChangedKind, HowChanged, describe_change, together
from hairplan.show.document import Document, Line, Mark, Section

_TITLES: Final[dict[ChangedKind, str]] = {
    "problem": "No further",
    "session": "Sessions",
    "restriction": "What to avoid",
    "task": "To do",
    "review": "Results",
    "routine": "At home",
    "rule": "Rules",
    "note": "To note",
}
_MARKS: Final[dict[HowChanged, Mark]] = {
    "moved": "moved",
    "longer": "moved",
    "shorter": "moved",
    "done": "good",
    "settled": "good",
    "no longer holds": "good",
    "missed": "open",
    "overdue": "open",
    "cancelled": "open",
    "holds": "open",
    "window": "least",
}


def diff_document(found: Sequence[Change]) -> Document:
    """Lay out what changed; one line for nothing."""
    if not found:
        return Document("", (Line("nothing changes"),), ())
    parts = ((kind, [each for each in found if each.kind == kind]) for kind in _TITLES)
    return Document(
        title="What changes",
        lines=(),
        sections=tuple(Section(_TITLES[kind], lines=_lines(part)) for kind, part in parts if part),
    )


def _lines(found: Sequence[Change]) -> tuple[Line, ...]:
    return tuple(Line(describe_change(each), _mark(each)) for each in together(found))


def _mark(each: Change) -> Mark:
    return "refused" if each.kind == "problem" else _MARKS.get(each.change, "plain")
