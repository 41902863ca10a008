"""Process one row of a list: write its files into a folder, or make its piece of one output.

This part of a batch runs on every core: a row with its name goes in, an outcome comes out. The same
row makes the same bytes, whichever process takes it and whenever.
"""

import datetime as dt
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct, structs

from hairplan import __version__
from hairplan.batch.calendar_memory import course_of
from hairplan.batch.journal import JournalEntry
from hairplan.batch.patient_list import Row
from hairplan.batch.row_files import render_calendar, render_plan_file, render_sheet, render_text
from hairplan.batch.row_index import EarlierRow
from hairplan.batch.row_planner import RowPlanner, Treatment
from hairplan.batch.row_words import RowWords
from hairplan.calendar.earlier_export import EarlierFile, follow_plan
from hairplan.calendar.ics import CalendarShape, Revision, event
from hairplan.calendar.items import CalendarChoice, Item, items_of
from hairplan.calendar.ledger import Ledger
from hairplan.calendar.left_out import LeftOut, left_out_of
from hairplan.clinic.patient_language import PatientLanguage
from hairplan.clinic.settings import ClinicConfig
from hairplan.errors import InputError, OutOfRangeError, OutputError
from hairplan.files.feeds import write_feed
from hairplan.files.marks import has_marks, is_plan_file
from hairplan.files.plan_file import PLAN_FILE_SUFFIX, PlanFile
from hairplan.files.store import Folder
from hairplan.plan import Plan
from hairplan.planner.compile import digest_of
from hairplan.protocol.model import Protocol
from hairplan.request import PlanRequest, lay_over
from hairplan.show.csv import render_csv_rows
from hairplan.show.earlier import marks_of
from hairplan.words import escape_controls

FileForm = Literal["ics", "json", "csv", "markdown", "plan", "sheet", "pdf"]
StreamForm = Literal["jsonl", "csv", "ics"]

SUFFIXES: Final[dict[FileForm, str]] = {
    "ics": ".ics",
    "json": ".json",
    "csv": ".csv",
    "markdown": ".md",
    "plan": PLAN_FILE_SUFFIX,
    "sheet": ".html",
    "pdf": ".pdf",
}
_FORMS: Final = {suffix: form for form, suffix in SUFFIXES.items()}
_ENCODER: Final = msgspec.json.Encoder()


class OutputForms(Struct, frozen=True):
    """The forms in which the plans of a batch are written: files in a folder, or one output.

    Attributes:
        files: the forms of the files; empty for one output.
        stream: the form of one output; null for files.
        choice: the content of a calendar.
        shape: the name of a calendar, and whether it is a feed.
        clinic: what a patient's sheet says of the clinic.
        language: the language of patients who have none of their own.
    """

    files: tuple[FileForm, ...] = ()
    stream: StreamForm | None = None
    choice: CalendarChoice = CalendarChoice()
    shape: CalendarShape = CalendarShape()
    clinic: ClinicConfig = ClinicConfig()
    language: PatientLanguage = PatientLanguage()

    @property
    def has_sheet(self) -> bool:
        """Whether a sheet is among them."""
        return not {"sheet", "pdf"}.isdisjoint(self.files)

    @property
    def has_calendar(self) -> bool:
        """Whether a calendar is among them."""
        return self.stream == "ics" or "ics" in self.files

    @property
    def of_calendars(self) -> tuple[CalendarChoice | CalendarShape | PatientLanguage, ...]:
        """All that calendars depend on and nothing else does; empty without calendars."""
        return (self.choice, self.shape, self.language) if self.has_calendar else ()

    @property
    def of_sheets(self) -> tuple[ClinicConfig, PatientLanguage] | tuple[()]:
        """All that patients' sheets depend on and nothing else does; empty without sheets."""
        return (self.clinic, self.language) if self.has_sheet else ()

    @property
    def needs_zone(self) -> bool:
        """Whether a time has to have a zone."""
        return self.has_calendar or "plan" in self.files


class BatchSpec(Struct, frozen=True, kw_only=True):
    """All that the rows of a batch have in common: how each is planned, and how it is written.

    Attributes:
        planner: plans a row.
        forms: the forms in which its plan is written.
        folder: the folder of the files; null for one output.
        stamp: the moment that calendars and plan files are stamped with, in UTC.
        force: whether files that are not a batch's own are replaced.
        resume: whether the batch goes on with what the last one wrote.
        is_rehearsal: whether nothing is written.
    """

    planner: RowPlanner
    forms: OutputForms = OutputForms()
    folder: Folder | None = None
    stamp: dt.datetime
    force: bool = False
    resume: bool = False
    is_rehearsal: bool = False

    def processor(self) -> "RowProcessor":
        """Return what processes a row."""
        return RowProcessor(self)

    @property
    def digest(self) -> str:
        """The digest of all that every row's files depend on but the clock."""
        options = structs.asdict(self.planner.given).items()
        given = {name: value for name, value in options if value is not None}
        parts = (__version__, given, *self.forms.of_calendars, *self.forms.of_sheets)
        return sha256(msgspec.json.encode(parts, order="deterministic", enc_hook=str)).hexdigest()


class RowTask(Struct, frozen=True):
    """A row to process.

    Attributes:
        row: the row as it stands in the list.
        name: the name of its files, without suffixes.
        known: what an earlier batch wrote under that name.
        earlier: the first row with the same reference of a patient.
        course: a digest of its reference and treatment, where one calendar is followed.
        exported: what earlier exports of one calendar had of the course, by the plans' ids; null
            where the calendar is not followed.
        kept: the plan files at hand that were gone on with and may be of the row.
        listed: the id in calendars of the plan that the list makes, where a plan file holds.
    """

    row: Row
    name: str = ""
    known: JournalEntry | None = None
    earlier: EarlierRow | None = None
    course: str = ""
    exported: Mapping[str, Ledger] | None = None
    kept: tuple[str, ...] = ()
    listed: str = ""


OutcomeKind = Literal["planned", "unchanged", "passed_over", "refused", "failed"]


class RowOutcome(Struct, frozen=True, kw_only=True):
    """The result of processing a row.

    Attributes:
        kind: planned, unchanged since an earlier batch, passed over (an export says nothing of
            it), refused (screening, or no dates), failed.
        reasons: why it was refused, or every fault of it.
        plan_id: the id of its plan in calendars.
        piece: its part of one output.
        written: its files, if they are there and need not be made again.
        unasked: the answers and events that its treatment does not ask for, each in words.
        left_out: what its calendar leaves out of the plan.
        ledger: what one calendar has of its plan now, where it is followed.
        untold: the plan file that does not know of its ledger yet; empty if there is none.
        is_over: whether its plan was ended or stopped, by its plan file.
        note: what is to be said of a row that its plan file is exported for, not the list.
    """

    kind: OutcomeKind
    reasons: tuple[str, ...] = ()
    plan_id: str = ""
    piece: bytes = b""
    written: JournalEntry | None = None
    unasked: tuple[str, ...] = ()
    left_out: LeftOut = LeftOut()
    ledger: Ledger = {}
    untold: str = ""
    is_over: bool = False
    note: str = ""


class FileTakenError(OutputError):
    """A file is there already that is not to be overwritten."""


class RowProcessor:
    """Processes the rows of a batch, one after the other."""

    def __init__(self, spec: BatchSpec) -> None:
        self.spec = spec
        self.digest = spec.digest
        self.revision = Revision(spec.stamp)

    def process(self, task: RowTask) -> RowOutcome:
        """Plan a row, and write its files if they go into a folder.

        Raises:
            OutputError: the folder takes no more.
        """
        if task.row.faults:
            return RowOutcome(kind="failed", reasons=task.row.faults)
        try:
            asked = self.spec.planner.read_request(task.row.content)
            if (found := self._under_way(task, asked.request)) is not None:
                from hairplan.batch.kept_plans import export_under_way

                outcome = export_under_way(self.spec, found, task, asked)
            elif self.spec.folder is not None:
                outcome = self._write_files(self.spec.folder, task, asked.treatment, asked.request)
            else:
                plan = self.spec.planner.plan_request(asked.treatment.protocol, asked.request)
                words = self._words(asked.treatment.protocol, asked.request)
                outcome = self._with_piece(self._outcome(plan), plan, words, task)
            return structs.replace(outcome, unasked=asked.unasked) if asked.unasked else outcome
        except (InputError, OutOfRangeError, FileTakenError) as error:
            return RowOutcome(kind="failed", reasons=error.faults)

    def _outcome(self, plan: Plan) -> RowOutcome:
        """Return the outcome of a row with this plan, before anything is written."""
        if plan.problem is not None:
            reasons = (plan.problem.what, *plan.problem.why)
            return RowOutcome(kind="refused", plan_id=plan.calendar_id, reasons=reasons)
        forms = self.spec.forms
        left_out = left_out_of(plan, forms.choice) if forms.has_calendar else LeftOut()
        return RowOutcome(kind="planned", plan_id=plan.calendar_id, left_out=left_out)

    # ---- one output ----

    def _with_piece(
        self, outcome: RowOutcome, plan: Plan, words: RowWords, task: RowTask
    ) -> RowOutcome:
        if task.exported is None or plan.problem is not None:
            return structs.replace(outcome, piece=self._render_piece(plan, words))
        items, choice = self._calendar_items(plan, words), self.spec.forms.choice
        before = task.exported.get(plan.calendar_id, {})
        following = follow_plan(plan, items, choice, before, self.spec.stamp)
        return structs.replace(outcome, piece=following.written(), ledger=following.ledger)

    def _render_piece(self, plan: Plan, words: RowWords) -> bytes:
        if self.spec.forms.stream == "jsonl":
            return escape_controls(_ENCODER.encode(plan)) + b"\n"
        if plan.problem is not None:
            return b""
        if self.spec.forms.stream == "csv":
            return render_csv_rows(plan).encode("utf-8")
        items = self._calendar_items(plan, words)
        events = (event(item, plan.calendar_id, self.revision) for item in items)
        return "".join(events).encode("utf-8")

    def _calendar_items(self, plan: Plan, words: RowWords) -> tuple[Item, ...]:
        """Return the items of a plan's calendar.

        Raises:
            InputError: there are none; a calendar has at least one event. Or there are no words in
                the patient's language.
        """
        items = items_of(plan, words.choice(plan, self.spec.forms.choice))
        if not items:
            raise InputError("no calendar: the plan has nothing with a day that was asked for")
        return items

    # ---- files ----

    def _write_files(
        self, folder: Folder, task: RowTask, treatment: Treatment, request: PlanRequest
    ) -> RowOutcome:
        """Write the files of a row, unless they are there as an earlier batch wrote them."""
        made_from = self._made_from(treatment.protocol, request, task)
        if (known := task.known) is not None and self._is_unchanged(folder, known, made_from):
            return RowOutcome(kind="unchanged", written=known)
        plan = self.spec.planner.plan_request(treatment.protocol, request)
        course = course_of(request.ref, treatment.protocol.id) if request.ref else ""
        entry = JournalEntry(task.name, made_from, {}, plan.calendar_id, course)
        files = self._render_files(treatment, request, plan, self._earlier(folder, entry, known))
        return self._write(folder, task, plan, files, entry)

    def _earlier(
        self, folder: Folder, entry: JournalEntry, known: JournalEntry | None
    ) -> EarlierFile:
        """Return the calendar in a row's place; one of the same course with another start goes."""
        content = folder.read(f"{entry.name}{SUFFIXES['ics']}") or b""
        is_same = known is not None and entry.course != "" and known.course == entry.course
        return EarlierFile(content, known.plan if known and is_same else "")

    def _write(
        self,
        folder: Folder,
        task: RowTask,
        plan: Plan,
        files: Mapping[str, bytes],
        entry: JournalEntry,
    ) -> RowOutcome:
        """Write the files of a plan that are missing or differ, and put them down in its entry."""
        # None is written if one of them may not be.
        changed = self._changed(folder, task, plan, files)
        if not self.spec.is_rehearsal:
            for suffix in changed:
                is_feed = suffix == SUFFIXES["ics"] and self.spec.forms.shape.feed
                write = write_feed if is_feed else Folder.write
                write(folder, f"{task.name}{suffix}", files[suffix])
        outcome = self._outcome(plan)
        if outcome.kind == "refused":
            return outcome
        digests = {suffix: sha256(data).hexdigest() for suffix, data in files.items()}
        return structs.replace(outcome, written=structs.replace(entry, files=digests))

    def _under_way(self, task: RowTask, request: PlanRequest) -> tuple[Path, PlanFile] | None:
        """Return the plan file of a row that was gone on with: it holds then, and not the list.

        Raises:
            InputError: it is not clear which one that is.
        """
        if not task.kept:
            return None
        from hairplan.batch.kept_plans import find_under_way

        return find_under_way(task, request.start, self.spec.planner)

    def _made_from(self, protocol: Protocol, request: PlanRequest, task: RowTask) -> str:
        """Return the digest of all that a row's files depend on but the clock."""
        asked_there = lay_over(request, self.spec.planner.clinic)
        asked = _ENCODER.encode((task.name, asked_there, digest_of(protocol), self.digest))
        return sha256(asked).hexdigest()

    def _is_unchanged(self, folder: Folder, known: JournalEntry, made_from: str) -> bool:
        suffixes = {SUFFIXES[form] for form in self.spec.forms.files}
        return (
            known.made_from == made_from
            and suffixes <= set(known.files)
            and all(
                _is_as_written(folder.read(f"{known.name}{suffix}"), suffix, known.files[suffix])
                for suffix in suffixes
            )
        )

    def _changed(
        self, folder: Folder, task: RowTask, plan: Plan, files: Mapping[str, bytes]
    ) -> list[str]:
        """Return the suffixes of the files that are missing or differ.

        Raises:
            FileTakenError: some would overwrite something else; every one of them.
        """
        present = {suffix: folder.read(f"{task.name}{suffix}") for suffix in files}
        changed = [suffix for suffix, data in files.items() if present[suffix] != data]
        if taken := [
            self._describe_taken(folder.path / f"{task.name}{suffix}", present[suffix], suffix)
            for suffix in changed
            if not self._may_replace(present[suffix], suffix, task, plan)
        ]:
            raise FileTakenError(*taken)
        return changed

    def _may_replace(self, content: bytes | None, suffix: str, task: RowTask, plan: Plan) -> bool:
        # An empty file is one that the system had not yet written when the power failed.
        if not content:
            return True
        if task.known is not None and task.known.files.get(suffix) == sha256(content).hexdigest():
            return True
        if suffix == PLAN_FILE_SUFFIX or is_plan_file(content):
            return False
        return self.spec.force or has_marks(content, marks_of(plan, _FORMS[suffix]))

    def _describe_taken(self, path: Path, content: bytes | None, suffix: str) -> str:
        if suffix == PLAN_FILE_SUFFIX or is_plan_file(content or b""):
            return (
                f"{path}: exists already, and a plan is never overwritten:"
                " change it with hairplan record"
            )
        if self.spec.resume:
            return f"{path}: exists already, and no batch wrote it so: --force replaces it"
        return f"{path}: exists already: --resume goes on with a batch's own, --force replaces it"

    def _render_files(
        self, treatment: Treatment, request: PlanRequest, plan: Plan, earlier: EarlierFile
    ) -> dict[str, bytes]:
        """Return the files of a row, by their suffixes.

        Args:
            treatment: its treatment.
            request: what it asks for.
            plan: its plan.
            earlier: the calendar in the place of its own.
        """
        words = self._words(treatment.protocol, request)
        files = self._render_files_of(plan, words)
        if plan.problem is not None:
            return files
        spec = self.spec
        ledger: Ledger = {}
        if "ics" in spec.forms.files:
            items, choice = self._calendar_items(plan, words), words.choice(plan, spec.forms.choice)
            data, ledger = render_calendar(spec, plan, items, choice, earlier)
            files[SUFFIXES["ics"]] = data
        if "plan" in spec.forms.files:
            data = render_plan_file(spec, treatment, request, plan, ledger)
            files[PLAN_FILE_SUFFIX] = data
        return {SUFFIXES[form]: files[SUFFIXES[form]] for form in spec.forms.files}

    def _render_files_of(self, plan: Plan, words: RowWords) -> dict[str, bytes]:
        """Return the files of a plan but its calendar and its plan file, by their suffixes."""
        return {
            SUFFIXES[form]: self._render_file(form, plan, words)
            for form in self.spec.forms.files
            if form not in {"ics", "plan"} and (plan.problem is None or form == "json")
        }

    def _render_file(self, form: FileForm, plan: Plan, words: RowWords) -> bytes:
        if form in {"sheet", "pdf"}:
            today = self.spec.planner.today
            return render_sheet(plan, words.catalog(plan), self.spec.forms.clinic, today, form)
        return render_text(form, plan).encode()

    def _words(self, protocol: Protocol, request: PlanRequest) -> RowWords:
        language = structs.replace(self.spec.forms.language, forced=self.spec.force)
        return RowWords(protocol, request, language)


def _is_as_written(content: bytes | None, suffix: str, digest: str) -> bool:
    """Return whether a file is as a batch wrote it; a plan file may have gone on since."""
    return content is not None and (
        suffix == PLAN_FILE_SUFFIX or sha256(content).hexdigest() == digest
    )
