"""Charges of a protocol that no appointment ever gets, with what would have an effect."""

from collections.abc import Iterator

from hairplan.protocol.around_checks import step_named
from hairplan.protocol.model import Charge, Protocol
from hairplan.protocol.step import Step
from hairplan.protocol.step_checks import most_appointments, repeats
from hairplan.protocol.values import accepted_values, treating_kinds
from hairplan.words import join_words


def idle_charges(protocol: Protocol) -> Iterator[str]:
    """Yield the keys by which a charge is for no appointment, each with its path."""
    for name, charge in protocol.charges.items():
        steps = [step for step in protocol.steps if _is_for(protocol, charge, step)]
        if not steps:
            yield (
                f"charges.{name}.but: leaves no appointment that it is charged for: name fewer, or"
                " more in around"
            )
        elif all(_exclude_each_other(charge, step) for step in steps):
            ids = join_words(list(dict.fromkeys(step.id for step in steps)), "or")
            yield (
                f"charges.{name}.when: has no effect: where it holds there is no {ids}; around says"
                " what else it is charged for"
            )


def _is_for(protocol: Protocol, charge: Charge, step: Step) -> bool:
    """Return whether any appointment of a step is left to a charge."""
    but = [place for place in charge.but if step_named(protocol, place) == step.id]
    left = [place for place in _places(protocol, charge, step) if not {place, step.id} & {*but}]
    return bool(left) and not (but and _is_one(step))


def _places(protocol: Protocol, charge: Charge, step: Step) -> list[str]:
    """Return the places in a step that a charge is for, before what it is not for."""
    if not charge.around:
        kinds = treating_kinds(each.kind for each in protocol.steps)
        return [step.id] if not kinds or step.kind in kinds else []
    of_step = {"all", step.id}
    return [place for place in charge.around if step_named(protocol, place) in of_step]


def _is_one(step: Step) -> bool:
    """Return whether a step has one appointment, whatever it is called by."""
    return most_appointments(step) == 1 and not (repeats(step) or step.total or step.until)


def _exclude_each_other(charge: Charge, step: Step) -> bool:
    """Return whether a charge and a step never hold together: they want other answers.

    Ages are ranges, which may overlap in other words.
    """
    return any(
        {*accepted_values(charge.when[name])}.isdisjoint(accepted_values(step.when[name]))
        for name in {*charge.when} & {*step.when} - {"age"}
    )
