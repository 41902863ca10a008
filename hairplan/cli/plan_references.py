"""A patient's reference in place of the path of a plan file.

A reference is looked up among the plans in `plans` of the settings, and in all its folders; or else
in the current folder and the folders in it, but no deeper: a whole home may be below. A name that
is a file, ends as one or leads into a folder is never taken for a reference.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hairplan.cli.options import Environment
from hairplan.cli.terminal import say
from hairplan.clinic.options import ChangeableOptions, RequestOptions
from hairplan.errors import InputError, nearest
from hairplan.words import format_date

if TYPE_CHECKING:
    from hairplan.batch.plans_of_rows import FileGoneOnWith
    from hairplan.clinic.settings import Settings


class _Request(msgspec.Struct, frozen=True):
    start: date
    ref: str | None = None


class _Protocol(msgspec.Struct, frozen=True):
    id: str


class _Referenced(msgspec.Struct, frozen=True):
    """A plan as it is told from others of one patient, and whether it was gone on with."""

    request: _Request
    protocol: _Protocol
    history: list[msgspec.Raw] = []


_Named = tuple[Path, _Referenced]


def is_reference(named: Path) -> bool:
    """Return whether a name can only be a reference."""
    return len(named.parts) == 1 and named.suffix.lower() != ".json" and not named.exists()


def find_plan(named: Path, settings: "Settings") -> Path:
    """Return the plan file of a name: itself, or the one plan of a patient.

    Raises:
        InputError: there is no plan of that patient, or several; all of them.
    """
    if not is_reference(named):
        return named
    plans = [*plans_at_hand(settings)]
    ref = str(named)
    if ours := _plans_of(ref, plans):
        return _only_one(ref, ours)
    known = sorted({plan.request.ref for _, plan in plans if plan.request.ref})
    hint = nearest(ref, known)
    folder = plans_folder(settings)
    raise InputError(f"{ref}: no file, and no plan in {folder} has that reference{hint}")


def find_plan_asked(treatment: str, environment: Environment) -> Path | None:
    """Return the plan file that stands in a treatment's place; None where a treatment does.

    Raises:
        InputError: a patient has several plans, or the settings are not valid.
    """
    if treatment.lower().endswith(".json"):
        return Path(treatment)
    from hairplan.clinic.settings import load_clinic, protocols_folder
    from hairplan.protocol.catalog import is_path, protocol_names

    folder = protocols_folder(environment.protocols, environment.config)
    if is_path(treatment) or treatment in protocol_names(folder):
        return None
    ours = _plans_of(treatment, plans_at_hand(load_clinic(environment.config)))
    return _only_one(treatment, ours) if ours else None


def refuse_requests(options: RequestOptions, path: Path, *beside: str) -> None:
    """Refuse options whose values a plan file holds already.

    Args:
        options: the options of a request.
        path: the plan file.
        beside: the faults of other options.

    Raises:
        InputError: every option of a request that was given, and the faults beside.
    """
    given = [name for name in options.__struct_fields__ if getattr(options, name) is not None]
    faults = [
        f"--{name}: {path} holds what was asked for; hairplan record changes it"
        if name in ChangeableOptions.__struct_fields__
        else f"--{name}: {path} holds what was asked for"
        for name in given
    ]
    if faults or beside:
        raise InputError(*faults, *beside)


def _plans_of(ref: str, plans: Iterable[_Named]) -> list[_Named]:
    """Return the plans of a patient."""
    return [(path, plan) for path, plan in plans
            if (plan.request.ref or "").casefold() == ref.casefold()]  # fmt: skip


def _only_one(ref: str, ours: Sequence[_Named]) -> Path:
    """Return the plan file of a patient who has one plan.

    Raises:
        InputError: there are several; all of them.
    """
    if len(ours) > 1:
        listed = (f"{path} ({plan.protocol.id} from {format_date(plan.request.start)})"
                  for path, plan in ours)  # fmt: skip
        raise InputError(f"{ref} has {len(ours)} plans: name the file: {', '.join(listed)}")
    return ours[0][0]


def plans_folder(settings: "Settings") -> Path:
    """Return the folder of the clinic's plans."""
    return Path(settings.config.plans).expanduser() if settings.config.plans else Path()


def files_gone_on_with(settings: "Settings", beside: Path | None) -> "list[FileGoneOnWith]":
    """Return the plan files at hand that were gone on with, and those in a folder beside.

    A file that cannot be read is said: it may be one of them.

    Raises:
        InputError: the folder of the settings is not there.
    """
    from hairplan.batch.plans_of_rows import FileGoneOnWith

    def say_unread(path: Path) -> None:
        say(f"{path}: cannot be read: its patient's row is planned from the list alone")

    return [
        FileGoneOnWith(path, plan.request.ref.strip(), plan.protocol.id, plan.request.start)
        for path, plan in plans_at_hand(settings, say_unread, beside)
        if plan.history and plan.request.ref
    ]


def plans_at_hand(
    settings: "Settings",
    pass_over: Callable[[Path], object] = lambda _: None,
    beside: Path | None = None,
) -> Iterator[_Named]:
    """Yield the plans that can be read, as far as their references go.

    Args:
        settings: the clinic's.
        pass_over: told each file that cannot be read.
        beside: a folder with more of them, which need not be there.

    Raises:
        InputError: the folder of the settings is not there.
    """
    from hairplan.files.store import read_bytes

    for path in _plan_files(settings, beside):
        try:
            yield path, msgspec.json.decode(read_bytes(path), type=_Referenced)
        except (msgspec.MsgspecError, InputError, UnicodeDecodeError):
            pass_over(path)


def _plan_files(settings: "Settings", beside: Path | None) -> "Iterable[Path]":
    """Return the plan files at hand, each once."""
    from hairplan.files.plan_folder import find_near_plan_files, find_plan_files

    folder = plans_folder(settings)
    others = find_near_plan_files(beside) if beside is not None else []
    if settings.config.plans is None:
        return find_plan_files([*find_near_plan_files(folder), *others])
    if beside is None or beside.absolute() != folder.absolute():
        if not folder.exists():
            where = f"{settings.path}: plans: {folder} is not there"
            raise InputError(f"{where}: make it, or name the one that has the plans")
        others = [folder, *others]
    return find_plan_files(others)
