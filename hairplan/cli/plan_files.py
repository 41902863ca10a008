"""Plan files on the command line: opening one, keeping a new one, changing one under its lock."""

import datetime as dt
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from hairplan.cli.delivery import is_rehearsal
from hairplan.cli.options import ResultOptions
from hairplan.errors import InputError, OutputError
from hairplan.files.plan_file import (
    PLAN_FILE_SUFFIX,
    PlanFile,
    create_plan_file,
    decode,
    encode,
    load_kept_protocol,
    locate_protocol,
    protocol_followed,
)
from hairplan.files.store import locked, read_bytes, replace_file, write_new_file
from hairplan.history import Entry
from hairplan.plan import Plan
from hairplan.planner import make_plan
from hairplan.protocol.catalog import is_path
from hairplan.protocol.model import Protocol
from hairplan.request import PlanRequest


class OpenedPlan(Struct, frozen=True):
    """A plan file that was read.

    Attributes:
        path: where it is.
        file: what is in it.
        protocol: the protocol that it began with.
    """

    path: Path
    file: PlanFile
    protocol: Protocol

    @property
    def followed(self) -> Protocol:
        """The protocol that the plan follows by now."""
        return protocol_followed(self.file)

    def plan(self, today: dt.date, *entries: Entry) -> Plan:
        """Derive the plan, with further entries in its history if any are given.

        Raises:
            InputError: the history and the protocol do not fit; every fault.
        """
        history = (*self.file.history, *entries)
        return make_plan(self.protocol, self.file.request, history, today=today)

    def save(self, file: PlanFile) -> None:
        """Write the file anew.

        Raises:
            OutputError: it cannot be written; what was there is there still.
        """
        replace_file(self.path, encode(file))


def open_plan(path: Path) -> OpenedPlan:
    """Read a plan file.

    Raises:
        InputError: there is none, or it is damaged; every fault.
    """
    file = decode(read_bytes(path), str(path))
    return OpenedPlan(path, file, load_kept_protocol(file))


@contextmanager
def _changing(path: Path) -> Iterator[OpenedPlan]:
    """Read a plan file that nobody else may change meanwhile.

    Raises:
        InputError: there is none, or it is damaged; every fault.
        OutputError: somebody else is changing it.
    """
    read_bytes(path)  # a lock would make a folder's worth of files for a name that is not there
    with locked(path):
        yield open_plan(path)


@contextmanager
def opened_for(path: Path, result: ResultOptions) -> Iterator[OpenedPlan]:
    """Read a plan file to change it, or for a rehearsal to look only.

    Raises:
        InputError: there is none, or it is damaged; every fault.
        OutputError: somebody else is changing it.
    """
    if is_rehearsal(result):
        yield open_plan(path)
        return
    with _changing(path) as opened:
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


class ReadProtocol(Struct, frozen=True):
    """A treatment, and where it was read.

    Attributes:
        protocol: the treatment.
        text: the file that it was read from.
        name: what it was asked for by: its name, or its path.
    """

    protocol: Protocol
    text: str
    name: str


def keep_plan(path: Path, read: ReadProtocol, request: PlanRequest, made: dt.datetime) -> None:
    """Write the file of a new plan.

    Args:
        path: where to.
        read: the treatment.
        request: what is asked for, with the plan's id.
        made: now, in UTC.

    Raises:
        OutputError: it cannot be written, or another program made it meanwhile.
    """
    assert request.id is not None, "a plan that is kept has an id"
    file = create_plan_file(read.protocol, read.text, request, id=request.id, made=made)
    file = locate_protocol(file, place_from(path, read.name))
    if not write_new_file(path, encode(file)):
        raise _taken(path)
