"""Export plans that are kept in files, as a batch: a file in, its calendar and other forms out.

It is the stream of a batch, with plan files in place of the rows of a list. A calendar follows the
ledger in its plan file. That is told before a patient's calendar is written: after one that was
killed in between, the next writes the same. Of one calendar of all it is told once that stands.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from msgspec import structs

from hairplan.batch.batch import Batch
from hairplan.batch.calendar_memory import CalendarMemory, course_of
from hairplan.batch.journal import JournalEntry
from hairplan.batch.patient_list import PatientList, Row
from hairplan.batch.row_planner import AskedPlan, RowPlanner
from hairplan.batch.row_processor import (
    SUFFIXES,
    BatchSpec,
    OutputForms,
    RowOutcome,
    RowProcessor,
    RowTask,
)
from hairplan.batch.row_words import RowWords
from hairplan.calendar.earlier_export import exported_lines, follow_plan
from hairplan.calendar.ics import render, shape_for
from hairplan.calendar.items import items_of
from hairplan.calendar.ledger import CalendarUpdate, Ledger, newest_lines
from hairplan.errors import HairplanError, InputError
from hairplan.files.kept_plan import make_kept_plan
from hairplan.files.plan_file import (
    PLAN_FILE_SUFFIX,
    PlanFile,
    decode,
    encode,
    protocol_followed,
    record_export,
)
from hairplan.files.store import locked, read_bytes, replace_file
from hairplan.history import replay_history
from hairplan.plan import Plan
from hairplan.planner.assemble import calendar_id_of
from hairplan.words import join_words

JOURNAL: Final = "hairplan-export"
_PATH: Final = "plan"


def list_plan_files(paths: Iterable[Path]) -> PatientList:
    """Return plan files as a list, a row for each."""
    rows = (Row(number, number, {_PATH: str(path)}) for number, path in enumerate(paths, 1))
    return PatientList("jsonl", None, (_PATH,), rows)


class KeptBatch(Batch, frozen=True):
    """A batch of plan files; its files are called as they are."""

    def _task(self, row: Row) -> RowTask:
        stem = Path(row.content[_PATH]).name.removesuffix(PLAN_FILE_SUFFIX)
        name, _ = self.index.name(row.number, stem, "")
        known = self.journal.known(name) if self.journal is not None else None
        return RowTask(row, name, known)

    def _describe_same(self, task: RowTask, first: int) -> str:  # noqa: ARG002 - files have names
        return f"{task.row.content[_PATH]}: the same plan as an earlier file"

    def _remember(self, memory: CalendarMemory, task: RowTask, outcome: RowOutcome) -> None:
        """Leave what is remembered of lists as it is: plan files have ledgers of their own."""


class KeptSpec(BatchSpec, frozen=True, kw_only=True):
    """The settings that all exports of plan files share."""

    def processor(self) -> RowProcessor:
        """Return what processes a plan file."""
        return KeptProcessor(self)


def find_under_way(task: RowTask, start: date, planner: RowPlanner) -> tuple[Path, PlanFile] | None:
    """Return which plan file at hand is the one of a row, and its content; null for none of them.

    A plan that is over leaves room for one with another start.

    Raises:
        InputError: there are several, or a file is damaged.
    """
    files = {path: decode(read_bytes(Path(path)), path) for path in task.kept}
    ours = [path for path in files if files[path].request.start == start]
    if not ours:
        ours = [path for path in files if not _is_over(_plan_of(files[path], planner))]
    if len(ours) > 1:
        raise InputError(f"ref: has {len(ours)} plans under way: {join_words(ours)}")
    return (Path(ours[0]), files[ours[0]]) if ours else None


def _plan_of(file: PlanFile, planner: RowPlanner) -> Plan:
    return make_kept_plan(file, file.history, planner.today, planner.clinic)


def _is_over(plan: Plan) -> bool:
    return plan.problem is not None and plan.problem.kind in {"stopped", "ended"}


def export_under_way(
    spec: BatchSpec, found: tuple[Path, PlanFile], task: RowTask, asked: AskedPlan
) -> RowOutcome:
    """Export the plan file of a row of a list that was gone on with, in place of the row's plan.

    Raises:
        InputError: the plan file is damaged, or list and plan file disagree; every fault.
        OutputError: the folder takes no more.
    """
    path, kept = found
    if faults := list(_disagreements(kept, asked, path)):
        raise InputError(*faults)
    files = tuple(form for form in spec.forms.files if form != "plan")
    spec = structs.replace(spec, forms=structs.replace(spec.forms, files=files))
    row = structs.replace(task.row, content={_PATH: str(path)})
    listed = calendar_id_of(asked.treatment.protocol, asked.request)
    outcome = KeptProcessor(spec).process(structs.replace(task, row=row, listed=listed))
    note = "over by its plan file" if outcome.is_over else "under way: from its plan file"
    if outcome.kind == "passed_over":
        note = f"{note}: nothing to export"
    return structs.replace(outcome, note=note)


def _disagreements(kept: PlanFile, asked: AskedPlan, path: Path) -> Iterator[str]:
    """Yield what a list says of a course that its plan file says otherwise."""
    request = asked.request
    if kept.protocol.id != asked.treatment.protocol.id:
        yield f"treatment: {path} is of another treatment, {kept.protocol.id}"
    if _folded(kept.request.ref) != _folded(request.ref):
        yield f"ref: {path} is of another patient"
    if kept.request.start != request.start:
        yield (
            f"start: {path} is under way since another start, {kept.request.start}: change the"
            " list, or the plan with hairplan record"
        )


def _folded(ref: str | None) -> str:
    return (ref or "").strip().casefold()


class KeptProcessor(RowProcessor):
    """Processes plan files, one after the other."""

    def process(self, task: RowTask) -> RowOutcome:
        """Make the plan of a file anew, and write what is asked for of it.

        Raises:
            OutputError: the folder takes no more.
        """
        path = Path(task.row.content[_PATH])
        try:
            with ExitStack() as stack:
                if self.spec.forms.has_calendar and not self.spec.is_rehearsal:
                    read_bytes(path)
                    stack.enter_context(locked(path, wait=1.0))
                return self._export(path, task)
        except HairplanError as error:
            faults = (fault.removeprefix(f"{path}: ") for fault in error.faults)
            return RowOutcome(kind="failed", reasons=tuple(f"{path}: {fault}" for fault in faults))

    def _export(self, path: Path, task: RowTask) -> RowOutcome:
        file = decode(read_bytes(path), str(path))
        plan = _plan_of(file, self.spec.planner)
        if plan.problem is None:
            return self._export_plan(path, task, file, plan)
        if _is_over(plan):
            return self._export_over(path, task, file, plan)
        reasons = (plan.problem.what, *plan.problem.why)
        return RowOutcome(kind="refused", reasons=tuple(f"{path}: {reason}" for reason in reasons))

    def _export_over(self, path: Path, task: RowTask, file: PlanFile, plan: Plan) -> RowOutcome:
        """Export a plan that was ended or stopped in the forms that say so, if there are any."""
        in_one = any((task.exported or {}).values())
        was_exported = in_one or bool(self._exported(task, file, plan))
        forms = _forms_of_over(self.spec.forms, was_exported=was_exported)
        if not forms.files and forms.stream is None:
            return RowOutcome(kind="passed_over", is_over=True)
        processor = KeptProcessor(structs.replace(self.spec, forms=forms))
        return structs.replace(processor._export_plan(path, task, file, plan), is_over=True)

    def _export_plan(self, path: Path, task: RowTask, file: PlanFile, plan: Plan) -> RowOutcome:
        request, _ = replay_history(file.request, file.history)
        words = self._words(protocol_followed(file), request)
        following = None
        if self.spec.forms.has_calendar:
            following = self._followed(self._exported(task, file, plan), plan, words)
        news = self._news(file, following)
        if (folder := self.spec.folder) is None:
            outcome = self._as_piece(task, plan, words, following)
            if news is None:
                return outcome
            # No calendar goes out that the plan file could not be told of.
            replace_file(path, encode(file))
            return structs.replace(outcome, untold=str(path))
        made_from = self._digest_of(plan, words, following)
        known = task.known
        is_unchanged = known is not None and self._is_unchanged(folder, known, made_from)
        files = {} if is_unchanged else self._render_all(plan, words, following)
        # It is told of nothing that may not be written.
        self._changed(folder, task, plan, files)
        if news is not None:
            replace_file(path, encode(news))
        if is_unchanged:
            return structs.replace(self._outcome(plan), kind="unchanged", written=known)
        course = course_of(plan.ref, plan.protocol.id) if plan.ref else ""
        entry = JournalEntry(task.name, made_from, {}, plan.calendar_id, course)
        return self._write(folder, task, plan, files, entry)

    def _outcome(self, plan: Plan) -> RowOutcome:
        """Return the outcome of a plan file; one that is over is no problem."""
        return super()._outcome(structs.replace(plan, problem=None))

    def _exported(self, task: RowTask, file: PlanFile, plan: Plan) -> Ledger:
        """Return what calendars have of a plan: by its file, or by its row of a list before.

        What a patient's calendar has of the plan that the list made before is in it as well: it is
        called off.
        """
        choice, folder = self.spec.forms.choice, self.spec.folder
        ledger = file.exports.get(choice.audience, {})
        if task.exported is not None:
            return newest_lines(ledger, task.exported.get(plan.calendar_id, {}))
        if folder is None or "ics" not in self.spec.forms.files:
            return ledger
        earlier = folder.read(f"{task.name}{SUFFIXES['ics']}") or b""
        ledger = ledger or exported_lines(earlier, plan, choice)
        if task.listed in {"", plan.calendar_id}:
            return ledger
        return newest_lines(ledger, exported_lines(earlier, plan, choice, task.listed))

    def _followed(self, ledger: Ledger, plan: Plan, words: RowWords) -> CalendarUpdate:
        choice = words.choice(plan, self.spec.forms.choice)
        # Of a plan that is over, what was exported of it is called off, and may be all there is.
        items = items_of(plan, choice) if plan.problem else self._calendar_items(plan, words)
        return follow_plan(plan, items, choice, ledger, self.spec.stamp)

    def _news(self, file: PlanFile, following: CalendarUpdate | None) -> PlanFile | None:
        """Return a plan file that knows what its calendar has now; null if it knows already."""
        audience = self.spec.forms.choice.audience
        is_known = following is None or following.ledger == file.exports.get(audience, {})
        if following is None or is_known or self.spec.is_rehearsal:
            return None
        return record_export(file, audience, following.ledger)

    def _as_piece(
        self, task: RowTask, plan: Plan, words: RowWords, following: CalendarUpdate | None
    ) -> RowOutcome:
        if following is None:
            return structs.replace(self._outcome(plan), piece=self._render_piece(plan, words))
        kind = "planned" if following.changed or _others_of(task, plan) else "unchanged"
        outcome = structs.replace(self._outcome(plan), kind=kind, piece=following.written())
        return structs.replace(outcome, ledger=following.ledger)

    def _render_all(
        self, plan: Plan, words: RowWords, following: CalendarUpdate | None
    ) -> dict[str, bytes]:
        """Return the files of a plan, by their suffixes."""
        files = self._render_files_of(plan, words)
        if following is not None:
            files[SUFFIXES["ics"]] = self._render_calendar(plan, words, following)
        return files

    def _render_calendar(self, plan: Plan, words: RowWords, following: CalendarUpdate) -> bytes:
        forms = self.spec.forms
        items = following.chosen(changes_only=False, feed=forms.shape.feed)
        shape = shape_for(plan, words.choice(plan, forms.choice), forms.shape)
        return render(items, plan.calendar_id, following.revisions, shape)

    def _digest_of(self, plan: Plan, words: RowWords, following: CalendarUpdate | None) -> str:
        """Return the digest of all that files of a plan depend on, but for the day on a sheet."""
        parts = (plan, words.language.code, following and following.ledger, self.digest)
        return sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


def _others_of(task: RowTask, plan: Plan) -> bool:
    """Return whether one calendar has events of the course under another id, still to call off."""
    return any(
        line.status != "CANCELLED"
        for plan_id, ledger in (task.exported or {}).items()
        if plan_id != plan.calendar_id
        for line in ledger.values()
    )


def _forms_of_over(forms: OutputForms, *, was_exported: bool) -> OutputForms:
    """Return the forms that say of a plan that it is over, and what of it is called off."""
    telling = {"json", "jsonl", "ics"} if was_exported else {"json", "jsonl"}
    stream = forms.stream if forms.stream in telling else None
    files = tuple(form for form in forms.files if form in telling)
    return structs.replace(forms, files=files, stream=stream)
