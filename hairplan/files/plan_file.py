"""A plan's file: everything that a plan is made from, as readable JSON in which damage shows.

Conventions:

* The file keeps the protocol as it was, the request, the history, and the content of exported
  calendars. It never keeps the plan itself, which is made anew from these.
* Digests seal the content. The seal of an entry covers the seal before it and the entry, so that a
  change is found where it was made. Seals find accidents and edits; they are no signature.
* Layout does not count: a file that was only laid out anew is still valid. A file that is byte for
  byte what `encode` makes of its content, as most are, needs no other check.
* Functions take and return bytes: files are read and written elsewhere.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from operator import attrgetter
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct, structs

from hairplan.errors import InputError
from hairplan.history import Adopted, Entry
from hairplan.planner.adopted import protocol_in_force, read_adopted
from hairplan.planner.compile import digest_of
from hairplan.protocol.catalog import load_protocol, protocol_names
from hairplan.protocol.model import Protocol
from hairplan.protocol.shapes import shown
from hairplan.request import ALWAYS_OPEN, ClinicDays, PlanRequest
from hairplan.words import escape_controls

FORMAT: Final = 1

Moment = Annotated[dt.datetime, Meta(tz=True)]


class KeptProtocol(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The protocol that the plan follows, whatever becomes of the file that it came from.

    Attributes:
        id: its short name.
        version: its version.
        digest: of its content, SHA-256 in hexadecimal; comments and layout do not count.
        text: its file, TOML.
        path: its file's place, seen from the plan's file; null for one that goes by its name.
    """

    id: str
    version: str
    digest: str
    text: str
    path: str | None = None


class LedgerLine(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One item as an exported calendar holds it.

    Attributes:
        digest: of what was written, without stamps and sequence.
        sequence: how often it was changed.
        stamp: when that was, in UTC.
        begin: its first day, or its moment in UTC; ISO 8601.
        end: the day after its last, or the moment in UTC; null where its length is not known.
        title: what the calendar shows.
        kind: session, restriction, task, review or routine.
        status: CONFIRMED, TENTATIVE or CANCELLED.
        zone: the zone that was named with its moments; null for UTC.
    """

    digest: str
    sequence: int
    stamp: Moment
    begin: str
    end: str | None
    title: str
    kind: str
    status: str
    zone: str | None = None


Ledger = dict[str, dict[str, LedgerLine]]


class PlanFile(Struct, frozen=True, kw_only=True):
    """A plan as its file keeps it.

    Attributes:
        format: the version of this form, 1.
        id: the plan's id.
        made: when it was first saved, in UTC.
        protocol: the treatment.
        request: what was asked for at first.
        history: what happened since, in the order in which it was recorded.
        exports: what exported calendars hold, by whom they are for and by item.
        clinic_days: the clinic's days when it was made, which are no part of the request; null for
            none.
    """

    format: int = FORMAT
    id: str
    made: dt.datetime
    protocol: KeptProtocol
    request: PlanRequest
    history: tuple[Entry, ...] = ()
    exports: Ledger = {}
    clinic_days: ClinicDays | None = None

    @property
    def clinic_at_first(self) -> ClinicDays:
        """The clinic's days when the plan was made."""
        return self.clinic_days or ALWAYS_OPEN


class SealedEntry(Entry, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of a history, with its seal.

    Attributes:
        seal: SHA-256 over the seal before it (the head's, for the first) and the entry.
    """

    seal: str


class Seals(Struct, frozen=True, forbid_unknown_fields=True):
    """SHA-256 digests, in hexadecimal, that show a change by hand.

    Attributes:
        head: over format, id, made, protocol, request and, if there are any, clinic_days.
        history: the last entry's seal; the head's, where there is no entry.
        exports: over the head's seal and exports.
    """

    head: str
    history: str
    exports: str


class SealedPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A plan file of hairplan. It is written by hairplan alone: a change by hand is refused.

    Attributes:
        format: the version of this form, 1.
        id: the plan's id.
        made: when it was first saved, in UTC.
        protocol: the treatment.
        request: what was asked for at first.
        history: what happened since, in the order in which it was recorded.
        exports: what exported calendars hold, by whom they are for and by item.
        seals: what shows a change.
        clinic_days: the clinic's days when it was made; those of now are laid over the request.
    """

    format: Literal[1]
    id: str
    made: Moment
    protocol: KeptProtocol
    request: PlanRequest
    history: tuple[SealedEntry, ...]
    exports: Ledger
    seals: Seals
    clinic_days: ClinicDays | None = None


PLAN_FILE_SUFFIX: Final = ".plan.json"
"""The end of a plan file's name."""

_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_DECODER: Final = msgspec.json.Decoder(SealedPlan)


# ---- making and changing ----


def create_plan_file(
    protocol: Protocol,
    text: str,
    request: PlanRequest,
    *,
    id: str,  # noqa: A002 - as a plan calls it
    made: dt.datetime,
) -> PlanFile:
    """Make the file of a new plan.

    Args:
        protocol: the treatment.
        text: the TOML that it was read from.
        request: what is asked for, without the clinic's days.
        id: the plan's id.
        made: now, with its time zone.

    Raises:
        InputError: the text is not the protocol's.
    """
    kept = KeptProtocol(protocol.id, protocol.version, digest_of(protocol), text)
    plan = PlanFile(id=id, made=made.astimezone(dt.UTC), protocol=kept, request=request)
    load_kept_protocol(plan)
    return plan


def locate_protocol(plan: PlanFile, path: str | None) -> PlanFile:
    """Return a plan that knows where its protocol's file is, seen from its own; None for a name."""
    return structs.replace(plan, protocol=structs.replace(plan.protocol, path=path))


def append_entry(plan: PlanFile, entry: Entry) -> PlanFile:
    """Return a plan with one more entry in its history."""
    return structs.replace(plan, history=(*plan.history, entry))


def record_export(plan: PlanFile, audience: str, lines: Mapping[str, LedgerLine]) -> PlanFile:
    """Return a plan after the export of a calendar, which holds these lines by item."""
    return structs.replace(plan, exports={**plan.exports, audience: dict(lines)})


# ---- its protocol ----

_read: dict[str, tuple[KeptProtocol, Protocol]] = {}
_MOST_READ: Final = 256


def load_kept_protocol(plan: PlanFile) -> Protocol:
    """Return the protocol of a plan, read once for all plans that have it in common.

    Raises:
        InputError: its text cannot be read, or is of another protocol; every fault.
    """
    kept = plan.protocol
    _, protocol = _read.get(kept.digest, (kept, None))
    if protocol is None:
        protocol = _built_in(kept) or _parse(kept)
        if len(_read) >= _MOST_READ:
            _read.clear()
        _read[kept.digest] = kept, protocol
    return protocol


def _shared(kept: KeptProtocol) -> KeptProtocol:
    """Return an equal one that was read before, so that thousands of plans share one text."""
    first, _ = _read.get(kept.digest, (kept, None))
    return first if first == kept else kept


def _built_in(kept: KeptProtocol) -> Protocol | None:
    """Return the built-in protocol with the same content, which needs no checks; None for none."""
    if kept.id not in protocol_names():
        return None
    protocol = load_protocol(kept.id)
    return protocol if digest_of(protocol) == kept.digest else None


def protocol_followed(plan: PlanFile) -> Protocol:
    """Return the protocol that a plan follows by now.

    Raises:
        InputError: its text cannot be read, or is of another protocol; every fault.
    """
    return protocol_in_force(load_kept_protocol(plan), plan.history)


def _read_all_adopted(history: tuple[Entry, ...]) -> None:
    """Read each protocol that was adopted.

    Raises:
        InputError: one cannot be read, with its place; every fault.
    """
    for number, entry in enumerate(history, 1):
        for place, happening in enumerate(entry.what, 1):
            if isinstance(happening, Adopted):
                try:
                    read_adopted(happening)
                except InputError as error:
                    at = f"history[{number}].what[{place}]"
                    raise InputError(*(f"{at}.{fault}" for fault in error.faults)) from None


def _parse(kept: KeptProtocol) -> Protocol:
    from hairplan.protocol.load import parse_protocol

    protocol = parse_protocol(kept.text, "protocol.text")
    if digest_of(protocol) != kept.digest:
        raise InputError(f"protocol.text: is not what protocol.digest, {kept.digest}, is of")
    return protocol


# ---- writing ----


def encode(plan: PlanFile) -> bytes:
    """Return the content of a plan's file, the same for the same plan.

    Raises:
        InputError: a text in it cannot be written as UTF-8.
    """
    try:
        return escape_controls(_lay_out(_seal_plan(plan)))
    except UnicodeEncodeError as error:
        raise InputError(f"{shown(ascii(error.object))}: cannot be written as UTF-8") from None


def _lay_out(sealed: SealedPlan) -> bytes:
    return msgspec.json.format(_ENCODER.encode(sealed), indent=2) + b"\n"


def _seal_plan(plan: PlanFile) -> SealedPlan:
    head = _head_seal(plan)
    history = tuple(_seal_entries(plan.history, head))
    last = history[-1].seal if history else head
    return SealedPlan(
        format=1,
        id=plan.id,
        made=plan.made,
        protocol=plan.protocol,
        request=plan.request,
        history=history,
        exports=plan.exports,
        seals=Seals(head, last, _seal(head, plan.exports)),
        clinic_days=plan.clinic_days,
    )


def _seal_entries(history: tuple[Entry, ...], seal: str) -> Iterator[SealedEntry]:
    for entry in history:
        seal = _seal(seal, entry)
        yield SealedEntry(**_fields_of(entry), seal=seal)


def _fields_of(entry: Entry) -> dict[str, Any]:
    return dict(zip(Entry.__struct_fields__, _VALUES(entry), strict=True))


_VALUES: Final = attrgetter(*Entry.__struct_fields__)


def _head_seal(plan: PlanFile) -> str:
    kept = plan.protocol
    protocol = [kept.id, kept.version, kept.digest, _text_digest(kept.text)]
    # A file of before, which knows no path and no days of the clinic, keeps its seal.
    protocol += [kept.path] if kept.path else []
    days = [plan.clinic_days] if plan.clinic_days else []
    return _seal(FORMAT, plan.id, plan.made, protocol, plan.request, *days)


@lru_cache(maxsize=64)
def _text_digest(text: str) -> str:
    # Most plans of a clinic share the long texts of a few protocols.
    return sha256(text.encode()).hexdigest()


def _seal(*parts: object) -> str:
    return sha256(_ENCODER.encode(parts)).hexdigest()


# ---- reading ----


def decode(data: bytes, name: str) -> PlanFile:
    """Read a plan's file.

    Args:
        data: its content.
        name: the name of the file in messages, usually its path.

    Raises:
        InputError: every fault, after the name: it is not a plan file, it was changed by hand, or
            its protocol cannot be read.
    """
    try:
        plan = _decode_as_written(data) or _decode_with_care(data)
        load_kept_protocol(plan)
        _read_all_adopted(plan.history)
    except InputError as error:
        faults = error.faults
    except RecursionError:
        faults = ("nested too deeply to be a plan",)
    else:
        return plan
    raise InputError(*(f"{name}: {fault}" for fault in faults))


def _decode_as_written(data: bytes) -> PlanFile | None:
    """Return the plan of a file that `encode` would write just so; None for any other file."""
    with suppress(msgspec.MsgspecError, UnicodeError, RecursionError, InputError):
        sealed = _DECODER.decode(data)
        plan = _unseal(sealed)
        again = structs.replace(sealed, protocol=plan.protocol)
        if _lay_out(again) == data and not any(_seal_faults(sealed, plan)):
            return plan
    return None


def _decode_with_care(data: bytes) -> PlanFile:
    """Return the plan of a file that is laid out in another way.

    Raises:
        InputError: every fault.
    """
    from hairplan.files.plan_file_faults import check_form

    sealed = _DECODER.decode(check_form(data, SealedPlan, FORMAT))
    plan = _unseal(sealed)
    if faults := list(_seal_faults(sealed, plan)):
        raise InputError(*faults)
    return plan


def _unseal(sealed: SealedPlan) -> PlanFile:
    return PlanFile(
        id=sealed.id,
        made=sealed.made,
        protocol=_shared(sealed.protocol),
        request=sealed.request,
        history=tuple(Entry(**_fields_of(entry)) for entry in sealed.history),
        exports=sealed.exports,
        clinic_days=sealed.clinic_days,
    )


def _seal_faults(sealed: SealedPlan, plan: PlanFile) -> Iterator[str]:
    seals = sealed.seals
    if seals.head != _head_seal(plan):
        yield "id, made, protocol or request was changed by hand: their seal does not fit"
    last = seals.head
    for number, (given, entry) in enumerate(zip(sealed.history, plan.history, strict=True), 1):
        if given.seal != _seal(last, entry):
            yield f"history[{number}] was changed by hand: its seal does not fit"
        last = given.seal
    if seals.history != last:
        yield "the end of history was changed by hand: its seal does not fit"
    if seals.exports != _seal(seals.head, plan.exports):
        yield "exports was changed by hand: its seal does not fit"
