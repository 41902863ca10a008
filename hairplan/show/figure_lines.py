"""Every figure with its fact and strength, as lines that a person reads."""

from collections.abc import Iterator, Sequence

from hairplan.plan import Figure
from hairplan.show.document import Line
from hairplan.words import cite

# What only says "from that day on" or "again and again" is in the JSON, but no figure to read.
_NO_FIGURE = ("0 ", "open")
_SAID = {
    "sourced": "sourced",
    "read": "read (the source is vague, and this is how it is read)",
    "default": "default (no source says it; it is ours and can be changed)",
    "clinic": "the clinic's own",
    "chosen": "asked for",
}


def figure_lines(figures: Sequence[Figure]) -> Iterator[Line]:
    """Yield the figures, a line for each strength."""
    for strength, said in _SAID.items():
        found = [
            f"{each.figure} {each.value}{cite(each.sources)}"
            for each in figures
            if each.strength == strength and not each.value.startswith(_NO_FIGURE)
        ]
        if found:
            yield Line(f"{said}: {'; '.join(found)}")
