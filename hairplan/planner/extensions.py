"""Restrictions that last longer for one patient, as the skin heals slowly; never shorter."""

from collections.abc import Mapping

from msgspec import structs

from hairplan.dates.spans import ClockTime, never_longer, side, span
from hairplan.protocol.figures import display_path, fact_ids, find_basis
from hairplan.protocol.model import Lengths, Protocol, Restriction
from hairplan.words import cite


def extend_restrictions(
    protocol: Protocol, extend: Mapping[str, str]
) -> tuple[Protocol, list[str]]:
    """Return a protocol whose restrictions last as long as asked for, and the faults in that.

    Args:
        protocol: the treatment.
        extend: how long each lasts after an appointment, by name; one that it does not have is left
            aside.
    """
    faults: list[str] = []
    longer = dict(protocol.restrictions)
    for name, text in extend.items():
        restriction = protocol.restrictions.get(name)
        if restriction is None:
            continue
        if fault := _fault(restriction, text):
            faults.append(f"extend.{name}: {fault}")
        else:
            longer[name] = structs.replace(restriction, after=_extended(restriction, text))
    return structs.replace(protocol, restrictions=longer), faults


def extended_figures(protocol: Protocol, extend: Mapping[str, str]) -> dict[str, str]:
    """Return the lengths that were asked for, by the path that a plan shows them under.

    Args:
        protocol: the treatment with its longer restrictions.
        extend: what was asked for.
    """
    figures: dict[str, str] = {}
    for name, text in extend.items():
        table = protocol.restrictions[name]
        path = display_path(protocol, "restrictions", name, table)
        least, ideal = _ends(table)
        figures |= {f"{path}.after.at_least": text} if least == text else {}
        figures |= {f"{path}.after.ideal": text} if ideal == text else {}
    return figures


def _ends(restriction: Restriction) -> tuple[str | None, str | None]:
    """Return the least and the ideal length after an appointment."""
    after = restriction.after
    return (after.at_least, after.ideal) if isinstance(after, Lengths) else (after, after)


def _fault(restriction: Restriction, text: str) -> str | None:
    """Say why a restriction cannot last so long; None if it can."""
    least, _ = _ends(restriction)
    reach = side(least) if least else None
    if reach is None or isinstance(reach, ClockTime):
        return "it has no length after an appointment that could be longer"
    if never_longer(reach, span(text)):
        return None
    key = "after.at_least" if isinstance(restriction.after, Lengths) else "after"
    source = cite(fact_ids(find_basis(restriction, key).source))
    return f"{text} is not as long as its least, {least}{source}"


def _extended(restriction: Restriction, text: str) -> Lengths:
    _, ideal = _ends(restriction)
    assert ideal is not None, "a restriction that has a least length has an ideal one"
    is_longer = never_longer(span(ideal), span(text))
    return Lengths(text, text if is_longer else ideal)
