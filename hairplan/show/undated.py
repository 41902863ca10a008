"""Lines for things without a day: in the section of their kind, after those that have one."""

from collections.abc import Collection, Iterator, Sequence

from hairplan.show.document import Line
from hairplan.standing import Undated, UndatedKind
from hairplan.words import cite, only_if


def undated_lines(undated: Sequence[Undated], kinds: Collection[UndatedKind]) -> Iterator[Line]:
    """Yield what is open, with what it waits for; then what is not for this patient."""
    chosen = [each for each in undated if each.kind in kinds]
    yield from (_open_line(each) for each in chosen if each.waits_for)
    yield from (_idle_line(each) for each in chosen if each.why_not)


def _open_line(open_: Undated) -> Line:
    sources = cite(open_.sources)
    once = f", once {open_.waits_for}"
    return Line(f"{open_.id}?: {open_.label}{once}{only_if(open_.only_if)}{sources}", "open")


def _idle_line(idle: Undated) -> Line:
    sources = cite(idle.sources)
    return Line(f"{idle.id}: not in this plan: {idle.label}: {idle.why_not}{sources}", "least")
