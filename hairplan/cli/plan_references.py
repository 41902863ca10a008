"""A patient's reference in place of the path of a plan file.

A reference is looked up among the plans of a folder: `plans` in the settings, or the current one. A
name that is a file, ends as one or leads into a folder is never taken for a reference.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hairplan.cli.options import Environment
from hairplan.errors import InputError, nearest
from hairplan.words import format_date

if TYPE_CHECKING:
    from hairplan.clinic.settings import Settings


class _Request(msgspec.Struct, frozen=True):
    start: date
    ref: str | None = None


class _Protocol(msgspec.Struct, frozen=True):
    id: str


class _Referenced(msgspec.Struct, frozen=True):
    """A plan as it is told from others of one patient."""

    request: _Request
    protocol: _Protocol


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
    folder = plans_folder(settings)
    plans = [*_referenced(folder)]
    ref = str(named)
    ours = [(path, plan) for path, plan in plans if _is_same(plan.request.ref, ref)]
    if len(ours) == 1:
        return ours[0][0]
    if ours:
        listed = (f"{path} ({plan.protocol.id} from {format_date(plan.request.start)})"
                  for path, plan in ours)  # fmt: skip
        raise InputError(f"{ref} has {len(ours)} plans: name the file: {', '.join(listed)}")
    known = sorted({plan.request.ref for _, plan in plans if plan.request.ref})
    hint = nearest(ref, known)
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
    settings = load_clinic(environment.config)
    plans = _referenced(plans_folder(settings))
    if any(_is_same(plan.request.ref, treatment) for _, plan in plans):
        return find_plan(Path(treatment), settings)
    return None


def plans_folder(settings: "Settings") -> Path:
    """Return the folder of the clinic's plans."""
    return Path(settings.config.plans).expanduser() if settings.config.plans else Path()


def _is_same(ref: str | None, named: str) -> bool:
    return ref is not None and ref.casefold() == named.casefold()


def _referenced(folder: Path) -> Iterator[tuple[Path, _Referenced]]:
    """Yield the plans of a folder that can be read, as far as their references go."""
    from hairplan.files.plan_folder import find_plan_files
    from hairplan.files.store import read_bytes

    for path in find_plan_files([folder]):
        try:
            yield path, msgspec.json.decode(read_bytes(path), type=_Referenced)
        except (msgspec.MsgspecError, InputError, UnicodeDecodeError):
            continue
