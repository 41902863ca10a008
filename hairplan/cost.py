"""The price of a plan, as its JSON form has it: see `plan`."""

from msgspec import Struct


class CostRange(Struct, frozen=True):
    """The price of a number of appointments together, in whole units of the currency."""

    sessions: int
    min: int
    max: int


class Cost(Struct, frozen=True):
    """The price of all appointments of the plan that have one.

    Attributes:
        currency: its ISO 4217 code.
        min: the least for all of them.
        max: the most for all of them.
        course: what of it is the course's.
        priced: how many of the appointments have a price.
    """

    currency: str
    min: int
    max: int
    course: CostRange
    sources: tuple[str, ...]
    priced: int = 0
