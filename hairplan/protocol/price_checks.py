"""Checks of lengths and prices that say more than one figure of one appointment."""

from collections.abc import Iterator

from hairplan.dates.spans import never_longer, span
from hairplan.protocol.around_checks import around_faults, but_faults
from hairplan.protocol.model import Charge, Protocol
from hairplan.protocol.step import Duration, Price, Step
from hairplan.protocol.step_checks import range_faults, unknown_name_faults


def price_faults(protocol: Protocol) -> Iterator[str]:
    """Yield what is wrong with the ranges of lengths and with the units of prices."""
    for number, step in enumerate(protocol.steps, 1):
        path = f"steps[{number}]"
        yield from _duration_faults(step, path)
        for at, price in enumerate(step.prices, 1):
            place = f"[{at}]" if isinstance(step.price, tuple) else ""
            yield from _unit_faults(step, price, f"{path}.price{place}")
        yield from _share_faults(protocol, step, f"{path}.price_share")
    for name, charge in protocol.charges.items():
        yield from _charge_faults(protocol, charge, f"charges.{name}")


def _duration_faults(step: Step, path: str) -> Iterator[str]:
    durations = {f"durations[{at}]": value for at, value in enumerate(step.durations, 1)}
    for key, value in ({"duration": step.duration} | durations).items():
        ends = (value.min, value.max) if isinstance(value, Duration) else (value,)
        for text in ends:
            if text and not span(text).minutes:
                yield f"{path}.{key}: {text}: an appointment lasts minutes or hours"
        if isinstance(value, Duration) and not never_longer(span(value.min), span(value.max)):
            yield f"{path}.{key}.min: {value.min} is longer than max, {value.max}"


def _unit_faults(step: Step, price: Price, path: str) -> Iterator[str]:
    together = "per" if price.per == "course" else "sessions" if price.sessions > 1 else None
    if price.per != "session" and price.sessions > 1:
        yield f"{path}.sessions: stands in place of per, not beside it"
    if together and isinstance(step.price, tuple):
        yield f"{path}.{together}: a price of several together: not in a list"
    if price.per == "hour" and not (step.duration or step.durations):
        yield f"{path}.per: an hour of what? give duration too"


def _charge_faults(protocol: Protocol, charge: Charge, path: str) -> Iterator[str]:
    """Yield what is wrong with what is charged beside the prices of steps."""
    price = charge.price
    yield from range_faults(price, f"{path}.price")
    if price.per != "session" and price.sessions > 1:
        yield f"{path}.price.sessions: stands in place of per, not beside it"
    if price.per == "hour" and not any(step.duration or step.durations for step in protocol.steps):
        yield f"{path}.price.per: an hour of what? no step has a duration"
    yield from around_faults(protocol, charge.around, f"{path}.around")
    yield from but_faults(protocol, charge.around, charge.but, path)
    for name in charge.around:
        if name == "start" or name.startswith("events."):
            yield f"{path}.around: '{name}' is no appointment: nothing is charged for it"


def _share_faults(protocol: Protocol, step: Step, path: str) -> Iterator[str]:
    share = step.price_share
    if share is None:
        return
    if step.price is not None:
        yield f"{path}: stands in place of price, not beside it"
    steps = [other for other in protocol.steps if other.id == share.of]
    yield from unknown_name_faults(
        share.of, [other.id for other in protocol.steps], f"{path}.of", "step"
    )
    if any(not other.prices for other in steps):
        yield f"{path}.of: '{share.of}' has no price of its own"
    by_the_hour = any(price.per == "hour" for other in steps for price in other.prices)
    if by_the_hour and not (step.duration or step.durations):
        yield f"{path}.of: '{share.of}' is priced by the hour: give duration too"
