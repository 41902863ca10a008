"""A row makes what was asked for: files in a folder, or a piece of a stream.

It is the part of a batch that runs on every core: a row and its name in, an outcome out. The same
row gives the same bytes, whoever makes it and whenever.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final, Literal

import msgspec
from msgspec import Struct, structs

from hairplan import __version__
from hairplan.batch.index import Again
from hairplan.batch.journal import JournalEntry
from hairplan.batch.patient_list import Row
from hairplan.batch.row_planner import RowPlanner, Treatment
from hairplan.calendar.ics import CalendarShape, Revision, event, render
from hairplan.calendar.items import CalendarChoice, Item, ids_of, items_of
from hairplan.calendar.ledger import follow
from hairplan.errors import InputError, OutOfRangeError, OutputError
from hairplan.files.plan_file import SUFFIX, encode, exported, keep
from hairplan.files.store import Folder, has_marks
from hairplan.plan import Plan
from hairplan.planner.compile import digest_of
from hairplan.protocol.model import Protocol
from hairplan.request import PlanRequest
from hairplan.show.earlier import marks_of

FileForm = Literal["ics", "json", "csv", "markdown", "plan"]
StreamForm = Literal["jsonl", "csv", "ics"]

SUFFIXES: Final[dict[FileForm, str]] = {
    "ics": ".ics",
    "json": ".json",
    "csv": ".csv",
    "markdown": ".md",
    "plan": SUFFIX,
}
_ENCODER: Final = msgspec.json.Encoder()


class Work(Struct, frozen=True, kw_only=True):
    """What is made of each row.

    Attributes:
        planner: makes its plan.
        folder: where its files go; null for a stream.
        files: in which forms.
        stream: in which form it goes into a stream; null for files.
        choice: what goes into a calendar.
        shape: what a calendar is called.
        stamp: the moment that calendars and plan files are stamped with, in UTC.
        force: whether files that are not ours are replaced.
        resume: whether it goes on with what the last batch wrote.
        is_rehearsal: whether nothing is written.
    """

    planner: RowPlanner
    folder: Folder | None = None
    files: tuple[FileForm, ...] = ()
    stream: StreamForm | None = None
    choice: CalendarChoice = CalendarChoice()
    shape: CalendarShape = CalendarShape()
    stamp: dt.datetime
    force: bool = False
    resume: bool = False
    is_rehearsal: bool = False

    @property
    def digest(self) -> str:
        """What of it all rows are made from, but for the clock."""
        parts = (__version__, self.planner.given, self.choice, self.shape)
        return sha256(msgspec.json.encode(parts, order="deterministic", enc_hook=str)).hexdigest()


class RowTask(Struct, frozen=True):
    """A row to be made.

    Attributes:
        row: as it stands.
        name: what its files are called.
        known: what was written under that name before.
        again: who had the reference of the patient before.
    """

    row: Row
    name: str = ""
    known: JournalEntry | None = None
    again: Again | None = None


OutcomeKind = Literal["planned", "unchanged", "refused", "failed"]


class RowOutcome(Struct, frozen=True, kw_only=True):
    """What became of a row.

    Attributes:
        kind: planned, unchanged since an earlier batch, refused (screening, or no dates), failed.
        reasons: why it was refused, or what is wrong with it; every fault.
        name: what its files are called.
        made_from: the digest of the row and of all that it was planned with.
        files: the digest of each file, by its suffix.
        plan: the id of its plan.
        piece: what goes into the stream.
    """

    kind: OutcomeKind
    reasons: tuple[str, ...] = ()
    name: str = ""
    made_from: str = ""
    files: dict[str, str] = {}
    plan: str = ""
    piece: bytes = b""


class TakenError(OutputError):
    """There is a file already that is not to be overwritten."""


class Maker:
    """Makes rows, one after the other."""

    def __init__(self, work: Work) -> None:
        """Keep what all rows have in common."""
        self.work = work
        self.digest = work.digest
        self.revision = Revision(work.stamp)

    def make(self, task: RowTask) -> RowOutcome:
        """Make one row.

        Raises:
            OutputError: the folder takes no more.
        """
        if task.row.faults:
            return RowOutcome(kind="failed", reasons=task.row.faults)
        try:
            return self._made(task)
        except (InputError, OutOfRangeError, TakenError) as error:
            return RowOutcome(kind="failed", reasons=error.faults)

    def _made(self, task: RowTask) -> RowOutcome:
        treatment, request = self.work.planner.request(task.row.content)
        if self.work.folder is not None:
            return self._into(self.work.folder, task, treatment, request)
        plan = self.work.planner.planned(treatment.protocol, request)
        return structs.replace(_outcome(plan), piece=self._piece(plan))

    # ---- a stream ----

    def _piece(self, plan: Plan) -> bytes:
        if self.work.stream == "jsonl":
            return _ENCODER.encode(plan) + b"\n"
        if plan.problem is not None:
            return b""
        if self.work.stream == "csv":
            from hairplan.show.csv import csv_rows

            return csv_rows(plan).encode("utf-8")
        items = self._items(plan)
        return "".join(event(each, plan.id, self.revision) for each in items).encode("utf-8")

    def _items(self, plan: Plan) -> tuple[Item, ...]:
        """Return what goes into a plan's calendar.

        Raises:
            InputError: nothing does; a calendar has at least one event.
        """
        items = items_of(plan, self.work.choice)
        if not items:
            raise InputError("no calendar: the plan has nothing with a day that was asked for")
        return items

    # ---- files ----

    def _into(
        self, folder: Folder, task: RowTask, treatment: Treatment, request: PlanRequest
    ) -> RowOutcome:
        """Write the files of a row, unless they are there as an earlier batch wrote them."""
        made_from = self._made_from(treatment.protocol, request, task)
        if (known := task.known) is not None and self._is_there(folder, known, made_from):
            return RowOutcome(
                kind="unchanged", name=task.name, made_from=made_from, files=known.files
            )
        plan = self.work.planner.planned(treatment.protocol, request)
        files = self._rendered(treatment, request, plan)
        # None is written if one of them may not be.
        new = _Target(self.work, folder, task, plan).to_write(files)
        if not self.work.is_rehearsal:
            for suffix in new:
                folder.write(f"{task.name}{suffix}", files[suffix])
        digests = {suffix: sha256(data).hexdigest() for suffix, data in files.items()}
        return structs.replace(_outcome(plan), name=task.name, made_from=made_from, files=digests)

    def _made_from(self, protocol: Protocol, request: PlanRequest, task: RowTask) -> str:
        """Return the digest of all that a row's files depend on but the clock."""
        asked = _ENCODER.encode((task.name, request, digest_of(protocol), self.digest))
        return sha256(asked).hexdigest()

    def _is_there(self, folder: Folder, known: JournalEntry, made_from: str) -> bool:
        suffixes = {SUFFIXES[form] for form in self.work.files}
        return (
            known.made_from == made_from
            and suffixes <= set(known.files)
            and all(
                _is_kept(folder.read(f"{known.name}{suffix}"), suffix, known.files[suffix])
                for suffix in suffixes
            )
        )

    def _rendered(self, treatment: Treatment, request: PlanRequest, plan: Plan) -> dict[str, bytes]:
        """Return the files of a row, by their suffixes."""
        forms = [form for form in self.work.files if plan.problem is None or form == "json"]
        items = self._items(plan) if "ics" in forms else ()
        files: dict[str, bytes] = {}
        for form in forms:
            if form == "ics":
                data = render(items, plan.id, self.revision, self.work.shape)
            elif form == "plan":
                data = self._plan_file(treatment, request, plan, items)
            else:
                data = _text(form, plan).encode("utf-8")
            files[SUFFIXES[form]] = data
        return files

    def _plan_file(
        self, treatment: Treatment, request: PlanRequest, plan: Plan, items: Sequence[Item]
    ) -> bytes:
        """Return a plan's file; it says what the calendar beside it holds, if there is one."""
        text = self.work.planner.text_of(treatment)
        request = structs.replace(request, id=plan.id)
        kept = keep(treatment.protocol, text, request, id=plan.id, made=self.work.stamp)
        if not items:
            return encode(kept)
        choice = self.work.choice
        following = follow(items, ids_of(plan, choice), {}, plan.id, self.work.stamp)
        return encode(exported(kept, choice.audience, following.ledger))


def _outcome(plan: Plan) -> RowOutcome:
    """Return what became of a row with this plan, before anything is written."""
    if plan.problem is None:
        return RowOutcome(kind="planned", plan=plan.id)
    return RowOutcome(kind="refused", plan=plan.id, reasons=(plan.problem.what, *plan.problem.why))


def _text(form: FileForm, plan: Plan) -> str:
    if form == "json":
        from hairplan.show.json import render_json

        return render_json(plan)
    if form == "csv":
        from hairplan.show.csv import render_csv

        return render_csv(plan)
    from hairplan.show.markdown import render_markdown
    from hairplan.show.plan import plan_document

    return render_markdown(plan_document(plan))


def _is_kept(there: bytes | None, suffix: str, digest: str) -> bool:
    """Return whether a file is what it was; a plan file may have gone on since."""
    return there is not None and (suffix == SUFFIX or sha256(there).hexdigest() == digest)


class _Target(Struct, frozen=True):
    """Where the files of a row go, and what may be overwritten there."""

    work: Work
    folder: Folder
    task: RowTask
    plan: Plan

    def to_write(self, files: Mapping[str, bytes]) -> list[str]:
        """Return the suffixes of the files that are not there as they should be.

        Raises:
            TakenError: some would overwrite something else; every one of them.
        """
        there = {suffix: self.folder.read(f"{self.task.name}{suffix}") for suffix in files}
        new = [suffix for suffix, data in files.items() if there[suffix] != data]
        taken = [suffix for suffix in new if not self._may_go(suffix, there[suffix])]
        if taken:
            raise TakenError(*map(self._said, taken))
        return new

    def _may_go(self, suffix: str, there: bytes | None) -> bool:
        # A file that is empty is what the system had not yet written when the power failed.
        if not there:
            return True
        known = self.task.known
        if known is not None and known.files.get(suffix) == sha256(there).hexdigest():
            return True
        if suffix == SUFFIX:
            return False
        return self.work.force or has_marks(there, marks_of(self.plan, _FORMS[suffix]))

    def _said(self, suffix: str) -> str:
        path = self.folder.path / f"{self.task.name}{suffix}"
        if suffix == SUFFIX:
            return (
                f"{path}: exists already, and a plan is never overwritten:"
                " change it with hairplan record"
            )
        if self.work.resume:
            return f"{path}: exists already, and no batch wrote it so: --force replaces it"
        return f"{path}: exists already: --resume goes on with a batch's own, --force replaces it"


_FORMS: Final = {suffix: form for form, suffix in SUFFIXES.items()}
