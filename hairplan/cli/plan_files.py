"""Plan files on the command line: opening one, keeping a new one, changing one under its lock."""

import datetime as dt
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from hairplan.cli.clock import today_from
from hairplan.cli.delivery import is_rehearsal
from hairplan.cli.options import Environment, ResultOptions
from hairplan.cli.plan_references import find_plan
from hairplan.clinic.days import clinic_days_of, zone_of
from hairplan.clinic.settings import Settings
from hairplan.errors import InputError, OutputError
from hairplan.files.kept_plan import make_kept_plan
from hairplan.files.plan_file import (
    PLAN_FILE_SUFFIX,
    PlanFile,
    decode,
    encode,
    load_kept_protocol,
    protocol_followed,
)
from hairplan.files.store import locked, read_bytes, replace_file, write_new_file
from hairplan.history import Entry, entries_in_force, replay_history
from hairplan.plan import Plan
from hairplan.planner.under_way import last_clinic_days
from hairplan.protocol.catalog import is_path
from hairplan.protocol.model import Protocol
from hairplan.request import ClinicDays, PlanRequest


class OpenedPlan(Struct, frozen=True):
    """A plan file that was read.

    Attributes:
        path: where it is.
        file: what is in it.
        protocol: the protocol that it began with.
        settings: the clinic's, as they are now.
    """

    path: Path
    file: PlanFile
    protocol: Protocol
    settings: Settings

    @property
    def followed(self) -> Protocol:
        """The protocol that the plan follows by now."""
        return protocol_followed(self.file)

    def today(self, environment: Environment) -> dt.date:
        """Return today as it is given, else in the plan's zone, or else in the clinic's.

        Raises:
            InputError: the day given is no ISO date, or the clinic's zone is none.
        """
        return today_from(environment.today, self._zone)

    @property
    def request(self) -> PlanRequest:
        """The request as it is by now, with what was changed in it."""
        return replay_history(self.file.request, self.file.history)[0]

    def _zone(self) -> str | None:
        return self.request.zone or zone_of(self.settings)

    def news_of_clinic(self, today: dt.date) -> ClinicDays | None:
        """Return the clinic's days if no entry knows of them yet, else nothing.

        Raises:
            InputError: the clinic's settings cannot be read; every fault.
        """
        days = clinic_days_of(self.settings, today)
        in_force = list(entries_in_force(self.file.history).values())
        return None if days == last_clinic_days(in_force, self.file.clinic_at_first) else days

    def plan(self, today: dt.date, *entries: Entry) -> Plan:
        """Derive the plan by the clinic's days of now, with further entries if any are given.

        Raises:
            InputError: the history and the protocol do not fit, or the clinic's settings cannot be
                read; every fault.
        """
        history = (*self.file.history, *entries)
        return make_kept_plan(self.file, history, today, clinic_days_of(self.settings, today))

    def save(self, file: PlanFile) -> None:
        """Write the file anew.

        Raises:
            OutputError: it cannot be written; what was there is there still.
        """
        replace_file(self.path, encode(file))


def open_plan(path: Path, settings: Settings = Settings()) -> OpenedPlan:  # noqa: B008 - frozen
    """Read a plan file, to be made under the clinic's settings.

    Raises:
        InputError: there is none, or it is damaged; every fault.
    """
    path = find_plan(path, settings)
    file = decode(read_bytes(path), str(path))
    return OpenedPlan(path, file, load_kept_protocol(file), settings)


@contextmanager
def _changing(path: Path, settings: Settings) -> Iterator[OpenedPlan]:
    """Read a plan file that nobody else may change meanwhile.

    Raises:
        InputError: there is none, or it is damaged; every fault.
        OutputError: somebody else is changing it.
    """
    read_bytes(path)  # a lock would make a folder's worth of files for a name that is not there
    with locked(path):
        yield open_plan(path, settings)


@contextmanager
def opened_for(path: Path, result: ResultOptions, settings: Settings) -> Iterator[OpenedPlan]:
    """Read a plan file to change it, or for a rehearsal to look only.

    Raises:
        InputError: there is none, or it is damaged; every fault.
        OutputError: somebody else is changing it.
    """
    path = find_plan(path, settings)
    if is_rehearsal(result):
        yield open_plan(path, settings)
        return
    with _changing(path, settings) as opened:
        yield opened


def new_id() -> str:
    """Return the id of a new plan: random, so that it tells nothing."""
    return secrets.token_hex(10)


def refuse_overwriting(path: Path) -> None:
    """Refuse to keep a plan where a file is.

    Raises:
        OutputError: there is one.
    """
    if not path.name.endswith(PLAN_FILE_SUFFIX):
        raise InputError(
            f"--save: '{path}' does not end in {PLAN_FILE_SUFFIX}, such as anna{PLAN_FILE_SUFFIX}"
        )
    if path.is_dir():
        raise OutputError(f"{path}: is a folder: name a file in it")
    if os.path.lexists(path):
        raise _taken(path)


def _taken(path: Path) -> OutputError:
    return OutputError(
        f"{path}: exists already, and a plan is never overwritten: choose another name, or"
        f" change it with hairplan record {path}"
    )


def place_from(path: Path, treatment: str) -> str | None:
    """Return the place of a treatment's file, seen from a plan's file; None for a name.

    A folder that is moved with both files in it keeps them together.
    """
    if not is_path(treatment):
        return None
    place = Path(treatment).absolute()
    # From another drive there is no way but the whole one.
    with suppress(ValueError):
        place = Path(os.path.relpath(place, path.parent))
    return place.as_posix()


def keep_plan(path: Path, file: PlanFile) -> None:
    """Write the file of a new plan.

    Raises:
        OutputError: it cannot be written, or another program made it meanwhile.
    """
    if not write_new_file(path, encode(file)):
        raise _taken(path)
