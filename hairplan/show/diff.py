"""Changes between two plans, as a person reads them: a section for each kind of thing."""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import structs

from hairplan.follow.diff import Change, ChangedKind, HowChanged
from hairplan.show.document import Document, Line, Mark, Section, build_document
from hairplan.words import format_shift

_TITLES: Final[dict[ChangedKind, str]] = {
    "protocol": "Protocol",
    "problem": "No further",
    "session": "Sessions",
    "restriction": "What to avoid",
    "task": "To do",
    "review": "Results",
    "routine": "At home",
    "rule": "Rules",
    "note": "To note",
}
_HOW: Final[dict[HowChanged, str]] = {
    "moved": "", "changed": "", "holds": "", "conditional": ": waits",
    # What a rule means has a colon of its own.
    "open": ", open again", "overridden": ", overridden",
}  # fmt: skip
"""How a change is said after its item: the new day, or what a rule means, says it by itself."""
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


def diff_document(changes: Sequence[Change]) -> Document:
    """Lay changes out; where there are none, one line says so."""
    if not changes:
        return Document("", (Line("nothing changes"),), ())
    return build_document("What changes", (), (_section(kind, changes) for kind in _TITLES))


def _section(kind: ChangedKind, changes: Iterable[Change]) -> Section:
    merged = merge_alike(change for change in changes if change.kind == kind)
    lines = (Line(describe_change(change), _mark(change)) for change in merged)
    return Section(_TITLES[kind], lines=tuple(lines))


def _mark(change: Change) -> Mark:
    return "refused" if change.kind == "problem" else _MARKS.get(change.change, "plain")


def merge_alike(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Merge changes that differ in nothing but the item; the merged one's item lists their ids."""
    groups: dict[Change, list[str]] = {}
    for change in changes:
        groups.setdefault(structs.replace(change, item=""), []).append(change.item)
    return tuple(structs.replace(change, item=", ".join(ids)) for change, ids in groups.items())


def describe_change(change: Change) -> str:
    """Say a change, such as "course-3: Tue 2026-12-29 -> Sat 2027-01-09 (+11 days)"."""
    why = f": {change.why}" if change.why else ""
    if change.kind in {"note", "problem"}:
        # Both are whole sentences.
        return f"{change.after}{why}" if change.after else f"no longer: {change.before}"
    how = _HOW.get(change.change, f": {change.change}")
    return f"{change.item}{how}{_describe_step(change)}{why}"


def _describe_step(change: Change) -> str:
    """Say from what to what, and by how many days."""
    if change.after is None:
        return f", was {change.before}" if change.before else ""
    step = change.after
    if change.before is not None and change.before != change.after:
        step = f"{change.before} -> {change.after}"
    days = "" if change.days is None else f" ({format_shift(change.days)})"
    return f": {step}{days}"
