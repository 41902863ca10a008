"""A row makes a plan: the function that a batch maps over its rows, here or on any other engine.

It depends on nothing but the row and what the planner was made with, and travels between processes.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field, structs

from hairplan.batch.columns import TREATMENT, UNREAD, Cell, asked_of
from hairplan.batch.patient_list import cells_of
from hairplan.clinic.options import RequestOptions
from hairplan.clinic.request_from import naming_settings, request_from
from hairplan.clinic.settings import Settings
from hairplan.errors import InputError
from hairplan.plan import Plan
from hairplan.planner import make_plan
from hairplan.planner.recent import Recent
from hairplan.protocol.catalog import load_protocol, protocol_text
from hairplan.protocol.catalog import names as names_of
from hairplan.protocol.model import Protocol
from hairplan.request import PlanRequest


class Treatment(Struct, frozen=True):
    """A treatment as rows name it.

    Attributes:
        name: a name, or the path of a protocol file.
        protocol: its content.
    """

    name: str
    protocol: Protocol


class RowPlanner(Struct, frozen=True, kw_only=True):
    """Plans the rows of a list.

    Attributes:
        today: what relative days count from.
        treatment: of rows that name none: a name, or the path of a protocol file.
        given: what holds for every row that does not say it itself.
        settings: the clinic's.
        zone: for a time that comes with none, as a calendar needs it.
        ignored: columns that are passed over.
    """

    today: dt.date
    treatment: str | None = None
    given: RequestOptions = field(default_factory=RequestOptions)
    settings: Settings = Settings()
    zone: str | None = None
    ignored: tuple[str, ...] = ()

    def check(self) -> None:
        """Read what holds for all rows, before the first of them, and protocols anew.

        Raises:
            InputError: it cannot be read; every fault.
        """
        forget_treatments()
        names = [self.treatment] if self.treatment else names_of(self.settings.protocols)
        given = self.given
        if given.start is None:
            given = structs.replace(given, start=self.today.isoformat())
        protocol = load_treatment(names[0], self.settings.protocols).protocol
        # What a treatment has no room for is the rows' to say: there may be several treatments.
        request_from(given, self.settings, protocol, self.today, _unsaid)

    def treatments(self, header: Sequence[str]) -> list[Protocol]:
        """Return the treatments that the rows under a header may be of, as far as they are known.

        Raises:
            InputError: the file of one that is asked for has faults.
        """
        folder = self.settings.protocols
        found = [load_treatment(self.treatment, folder).protocol] if self.treatment else []
        if TREATMENT in header:
            for name in names_of(folder):
                # A file that nobody asks for is nobody's concern.
                with suppress(InputError):
                    found.append(load_treatment(name, folder).protocol)
        return found

    def plan(self, row: Mapping[str, Any]) -> Plan:
        """Return the plan of a row; one with a `problem` where there can be none.

        Args:
            row: texts by column, such as `{"ref": "A-17", "start": "2026-12-01"}`.

        Raises:
            InputError: the row cannot be read, or contradicts itself; every fault.
        """
        treatment, request = self.request(row)
        return self.planned(treatment.protocol, request)

    def planned(self, protocol: Protocol, request: PlanRequest) -> Plan:
        """Return the plan of a request that a row made.

        Raises:
            InputError: the request and the protocol do not fit; every fault.
        """
        try:
            with naming_settings(self.settings, protocol):
                return make_plan(protocol, request, today=self.today)
        except InputError as error:
            raise InputError(*(_NAMED.sub(r"\1.", fault) for fault in error.faults)) from None

    def request(self, row: Mapping[str, Any]) -> tuple[Treatment, PlanRequest]:
        """Return what a row asks for, and of which treatment.

        Raises:
            InputError: the row cannot be read; every fault.
        """
        cells = cells_of(row, self.ignored)
        treatment = self.treatment_of(cells)
        try:
            request = self._request(cells, treatment.protocol)
        except InputError as error:
            raise InputError(*_in_columns(error, cells)) from None
        return treatment, request

    def _request(self, cells: Mapping[str, Cell], protocol: Protocol) -> PlanRequest:
        faults = []
        if "ref" not in cells:
            faults.append("ref: is empty: the clinic's reference of the patient")
        asked = asked_of(cells, self.given)
        if asked.start is None:
            faults.append("start: is empty: the day of the first session")
        try:
            request = request_from(asked, self.settings, protocol, self.today, _unsaid)
        except InputError as error:
            raise InputError(*faults, *error.faults) from None
        if faults:
            raise InputError(*faults)
        if request.time is not None and request.zone is None and self.zone is not None:
            request = structs.replace(request, zone=self.zone)
        return request

    def text_of(self, treatment: Treatment) -> str:
        """Return the file of a treatment.

        Raises:
            InputError: it cannot be read any more.
        """
        return _text(treatment.name, self.settings.protocols)

    def treatment_of(self, cells: Mapping[str, Cell]) -> Treatment:
        """Return the treatment of a row.

        Raises:
            InputError: it names none, one that there is not, or one with faults.
        """
        name = cells.get(TREATMENT, self.treatment)
        if UNREAD in cells:
            raise InputError(f"{UNREAD}: the row could not be taken apart: write its columns here")
        if not isinstance(name, str):
            raise InputError("treatment: is empty: a treatment's name, or a protocol file")
        return load_treatment(name, self.settings.protocols)


_MOST_LOADED: Final = 128
_loaded: Recent[Treatment | InputError] = Recent(_MOST_LOADED)


def load_treatment(name: str, folder: Path | None) -> Treatment:
    """Return a treatment, read once for all rows of a batch.

    Raises:
        InputError: there is none, or its file has faults.
    """
    found = _loaded.get((name, folder))
    if found is None:
        try:
            found = Treatment(name, load_protocol(name, folder))
        except InputError as error:
            found = error
        _loaded.put((name, folder), found)
    if isinstance(found, InputError):
        raise InputError(*found.faults)
    return found


def forget_treatments() -> None:
    """Read protocols anew from now on: a batch begins with what the files say by then."""
    _loaded.clear()
    _text.cache_clear()


@lru_cache(maxsize=_MOST_LOADED)
def _text(name: str, folder: Path | None) -> str:
    return protocol_text(name, folder)


def _unsaid(_: str) -> None:
    """Say to nobody what is left out of a patient's file: it is of another treatment."""


_NAMED: Final = re.compile(r"^(answer|event|option|override|figure)s\.")
"""What a request calls by a plural is one column each in a list."""


def _in_columns(error: InputError, cells: Mapping[str, Cell]) -> list[str]:
    """Return faults with the names of columns in place of those of options."""
    return [_in_column(fault, cells) for fault in error.faults]


def _in_column(fault: str, cells: Mapping[str, Cell]) -> str:
    if not fault.startswith("--"):
        return fault
    name, _, rest = fault[2:].partition(": ")
    # --answer minoxidil is the column answer.minoxidil, if there is one.
    dotted = name.replace(" ", ".", 1)
    return f"{dotted if dotted in cells else name}: {rest}"
