"""Make a plan of a row: the function that a batch maps over its rows, here or on any other engine.

It depends on nothing but the row and the fields of the planner, which travels between processes.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field, structs

from hairplan.batch.columns import TREATMENT, UNREAD, Cell, options_of_row
from hairplan.batch.date_columns import in_known_order
from hairplan.batch.headings import PassedOver, fold_heading
from hairplan.batch.patient_list import MOST_CHARACTERS, read_cells
from hairplan.clinic.days import clinic_days_of
from hairplan.clinic.options import RequestOptions
from hairplan.clinic.request_from import naming_settings, request_from
from hairplan.clinic.settings import Settings
from hairplan.dates.written import DateOrder
from hairplan.errors import InputError
from hairplan.plan import Plan
from hairplan.planner import make_plan
from hairplan.protocol.catalog import load_protocol, read_protocol_text
from hairplan.protocol.catalog import protocol_names as names_of
from hairplan.protocol.model import Protocol
from hairplan.request import ClinicDays, PlanRequest

_FACTS: Final = {"answer": "questions", "event": "events"}
"""The options that state facts, and the part of a protocol that asks for them."""


class Treatment(Struct, frozen=True):
    """A treatment that rows name.

    Attributes:
        protocol: the content of its protocol file.
        text: the text of that file.
    """

    protocol: Protocol
    text: str


class AskedPlan(Struct, frozen=True):
    """The plan that a row asks for.

    Attributes:
        treatment: the treatment.
        request: the request.
        unasked: the answers and events that its treatment does not ask for, each in words.
    """

    treatment: Treatment
    request: PlanRequest
    unasked: tuple[str, ...] = ()


class RowPlanner(Struct, frozen=True, kw_only=True):
    """Plans the rows of a list.

    Attributes:
        today: the day that relative days count from.
        treatment: the treatment of rows that name none: a name, or the path of a protocol file.
        given: the options for rows that do not say it themselves.
        settings: the clinic's settings.
        zone: the zone of a time that comes without one, as a calendar needs it.
        passed_over: the columns that are passed over.
        orders: the order of day, month and year in columns whose rows tell it.
    """

    today: dt.date
    treatment: str | None = None
    given: RequestOptions = field(default_factory=RequestOptions)
    settings: Settings = Settings()
    zone: str | None = None
    passed_over: PassedOver = PassedOver()
    orders: Mapping[str, DateOrder] = {}

    @property
    def clinic(self) -> ClinicDays:
        """The clinic's days, which are laid over every row's request.

        Raises:
            InputError: every fault in them.
        """
        return clinic_days_of(self.settings, self.today)

    def check(self) -> None:
        """Check the options that hold for all rows, and read protocol files anew.

        Raises:
            InputError: an option cannot be read, or the protocol has faults; every fault.
        """
        forget_treatments()
        names = [self.treatment] if self.treatment else names_of(self.settings.protocols)
        given = self.given
        if given.start is None:
            given = structs.replace(given, start=self.today.isoformat())
        protocol = load_treatment(names[0], self.settings.protocols).protocol
        # Options that this treatment has no room for are for the rows to judge: theirs may differ.
        request_from(given, self.settings, protocol, self.today, _say_nothing)

    def treatments(self, header: Sequence[str]) -> list[Protocol]:
        """Return the known treatments that the rows under a header may be of.

        Raises:
            InputError: the file of the planner's own treatment has faults.
        """
        folder = self.settings.protocols
        protocols = [load_treatment(self.treatment, folder).protocol] if self.treatment else []
        if TREATMENT in header:
            protocols += _readable(folder)
        return protocols

    def plan(self, row: Mapping[str, Any]) -> Plan:
        """Return the plan of a row; it has a `problem` where no dates can be given.

        Args:
            row: texts by column, such as `{"ref": "A-17", "start": "2026-12-01"}`.

        Raises:
            InputError: the row cannot be read, or contradicts itself; every fault.
        """
        asked = self.read_request(row)
        return self.plan_request(asked.treatment.protocol, asked.request)

    def plan_request(self, protocol: Protocol, request: PlanRequest) -> Plan:
        """Return the plan of a request that was read from a row.

        Raises:
            InputError: the request and the protocol do not fit; every fault.
        """
        try:
            with naming_settings(self.settings, protocol):
                return make_plan(protocol, request, today=self.today, clinic=self.clinic)
        except InputError as error:
            raise InputError(*(_PLURAL.sub(r"\1.", fault) for fault in error.faults)) from None

    def read_request(self, row: Mapping[str, Any]) -> AskedPlan:
        """Return what a row asks for.

        Raises:
            InputError: the row cannot be read; every fault.
        """
        cells = read_cells(row, self.passed_over)
        for name in self.orders.keys() & cells.keys():
            cells[name] = in_known_order(cells[name], self.orders[name], self.today)
        treatment = self._treatment(cells)
        try:
            request, unasked = self._request(cells, treatment.protocol)
        except InputError as error:
            raise InputError(*(_in_column(fault, cells) for fault in error.faults)) from None
        return AskedPlan(treatment, request, unasked)

    def _request(
        self, cells: Mapping[str, Cell], protocol: Protocol
    ) -> tuple[PlanRequest, tuple[str, ...]]:
        faults = []
        if "ref" not in cells:
            faults.append("ref: is empty: the clinic's reference of the patient")
        options, unasked = without_unasked(
            options_of_row(cells, self.given), protocol, known_facts(self.settings.protocols)
        )
        if options.start is None:
            faults.append("start: is empty: the day of the first session")
        try:
            request = request_from(options, self.settings, protocol, self.today, _say_nothing)
        except InputError as error:
            raise InputError(*faults, *error.faults) from None
        if faults:
            raise InputError(*faults)
        if request.time is not None and request.zone is None and self.zone is not None:
            request = structs.replace(request, zone=self.zone)
        return request, unasked

    def _treatment(self, cells: Mapping[str, Cell]) -> Treatment:
        text = cells.get(TREATMENT, self.treatment)
        if UNREAD in cells:
            raise InputError(f"{UNREAD}: the row could not be taken apart: write its columns here")
        if not isinstance(text, str):
            raise InputError("treatment: is empty: a treatment's name, or a protocol file")
        return load_treatment(self.treatment_named(text), self.settings.protocols)

    def treatment_named(self, text: str) -> str:
        """Return the treatment that a list calls so, or the text itself if there is none."""
        return treatment_named(text, self.settings)

    def named_in(self, row: Mapping[str, Any]) -> tuple[str, str]:
        """Return the reference and the treatment that a row names; empty where it names none."""
        treatment = _plain_text(row.get(TREATMENT)) or self.treatment or ""
        return _plain_text(row.get("ref")), self.treatment_named(treatment)

    def treatment_id(self, name: str) -> str:
        """Return the id of a treatment that may be named by its file; the name if there is none."""
        with suppress(InputError):
            return load_treatment(name, self.settings.protocols).protocol.id
        return name


def _plain_text(value: Any) -> str:  # noqa: ANN401 - JSON holds values of any type
    """Return the text of a cell as far as it can be written; the row's faults come later."""
    text = str(value)[:MOST_CHARACTERS].strip() if isinstance(value, str | int) else ""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


# ---- treatments ----


def load_treatment(name: str, folder: Path | None) -> Treatment:
    """Load a treatment, once for all rows of a batch.

    Raises:
        InputError: there is no such treatment, or its file has faults; every fault.
    """
    loaded = _load(name, folder)
    if isinstance(loaded, InputError):
        raise InputError(*loaded.faults)
    return loaded


# Rows of a list name the same few treatments.
@lru_cache(maxsize=512)
def treatment_named(text: str, settings: Settings) -> str:
    """Return the treatment that a list calls so, or the text itself if there is none.

    It is the clinic's own name for a treatment, its name, or the title in its file.

    Args:
        text: the name in the list; case and accents do not matter.
        settings: the clinic's.
    """
    names = names_of(settings.protocols)
    if text in names:
        return text
    called = chain(
        settings.config.aliases.items(),
        zip(names, names, strict=True),
        ((protocol.name, protocol.id) for protocol in _readable(settings.protocols)),
    )
    folded = fold_heading(text)
    return next((name for word, name in called if fold_heading(word) == folded), text)


def forget_treatments() -> None:
    """Read protocol files anew from now on: a batch begins with what they say by then."""
    _load.cache_clear()
    known_facts.cache_clear()
    treatment_named.cache_clear()


@lru_cache(maxsize=16)
def known_facts(folder: Path | None) -> dict[str, frozenset[str]]:
    """Return the questions and events that any known treatment has, by the option for them."""
    protocols = list(_readable(folder))
    return {
        option: frozenset(name for protocol in protocols for name in getattr(protocol, part))
        for option, part in _FACTS.items()
    }


def _readable(folder: Path | None) -> Iterator[Protocol]:
    for name in names_of(folder):
        # A file that nobody asks for is nobody's concern.
        with suppress(InputError):
            yield load_treatment(name, folder).protocol


def without_unasked(
    options: RequestOptions, protocol: Protocol, facts: Mapping[str, Collection[str]]
) -> tuple[RequestOptions, tuple[str, ...]]:
    """Return options without what another treatment asks for and this one does not; and what it is.

    Args:
        options: the options of a row.
        protocol: its treatment.
        facts: the questions and events that any treatment has, by the option for them.
    """
    if not options.answer and not options.event:
        return options, ()
    unasked: list[str] = []
    for option, part in _FACTS.items():
        known = getattr(protocol, part)
        names = [(text, text.partition("=")[0]) for text in getattr(options, option) or ()]
        foreign = [text for text, name in names if name in facts[option] and name not in known]
        if foreign:
            unasked += dict.fromkeys(f"{option}.{text.partition('=')[0]}" for text in foreign)
            kept = [text for text, _ in names if text not in foreign]
            options = structs.replace(options, **{option: kept})
    return options, tuple(f"{name}: not asked by {protocol.id}" for name in unasked)


@lru_cache(maxsize=128)
def _load(name: str, folder: Path | None) -> Treatment | InputError:
    try:
        return Treatment(load_protocol(name, folder), read_protocol_text(name, folder))
    except InputError as error:
        return error


# ---- faults ----


def _say_nothing(_: str) -> None:
    """Pass over what is left out of a patient's file: it is for other treatments."""


_PLURAL: Final = re.compile(r"^(answer|event|option|override|figure)s\.")
"""The names of a request in the plural: a list has a column for each in the singular."""


def _in_column(fault: str, cells: Mapping[str, Cell]) -> str:
    """Return a fault with the name of a column in place of that of an option."""
    if not fault.startswith("--"):
        return fault
    name, _, rest = fault[2:].partition(": ")
    # --answer minoxidil is the column answer.minoxidil, if there is one.
    dotted = name.replace(" ", ".", 1)
    return f"{dotted if dotted in cells else name}: {rest}"
