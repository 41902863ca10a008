"""`hairplan validate`: every fault of a protocol file, then what is odd about it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from msgspec import Struct

from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import Environment, ResultOptions, takes
from hairplan.cli.terminal import say
from hairplan.clinic.settings import protocols_folder
from hairplan.errors import BAD_INPUT, DONE, LOOK_AT_THIS, InputError
from hairplan.words import format_count

if TYPE_CHECKING:
    from hairplan.show.document import Document

FORMATS: Final = ("table", "plain", "json", "markdown")

FindingKind = Literal["fault", "warning", "note"]


class ValidateOptions(Struct, kw_only=True):
    """The files to check."""

    files: Annotated[
        list[str],
        typer.Argument(
            help="Protocol files, or names of protocols.", metavar="FILE...", show_default=False
        ),
    ]


class Finding(Struct, frozen=True):
    """Something that a check found.

    Attributes:
        kind: a fault makes the file unusable, a warning does not, a note needs no change.
        path: where in the file it is, such as "steps[2].spacing.min"; null for the whole file.
        message: what is wrong, and what would be right.
        line: the line, for a fault of TOML itself.
        column: the column of such a fault.
    """

    kind: FindingKind
    path: str | None
    message: str
    line: int | None = None
    column: int | None = None


class CheckedFile(Struct, frozen=True):
    """A file and what a check of it found.

    Attributes:
        file: the file as it was named.
        id: the protocol's name; null for a file with faults.
        version: its version.
        findings: faults, then warnings, then notes.
    """

    file: str
    id: str | None
    version: str | None
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """The exit code that the findings come to."""
        kinds = {finding.kind for finding in self.findings}
        return BAD_INPUT if "fault" in kinds else LOOK_AT_THIS if "warning" in kinds else DONE


@takes(ValidateOptions, ResultOptions, Environment)
def validate(options: ValidateOptions, result: ResultOptions, environment: Environment) -> None:
    """Check protocol files: all faults with their places, then what is odd about them."""
    today_from(environment.today)
    form = chosen_format(result.form, result.output, FORMATS)
    folder = protocols_folder(environment.protocols, environment.config)
    checked = [_check(name, folder) for name in options.files]
    if form == "json":
        from hairplan.show.json import render_json

        text = render_json(checked)
    else:
        text = render_document(_document(checked), form, result.output)
    deliver(text, result, "what was found")
    say(_summary(checked))
    raise typer.Exit(max(each.exit_code for each in checked))


def _check(name: str, folder: Path | None) -> CheckedFile:
    from hairplan.planner.protocol_warnings import check_file
    from hairplan.protocol.catalog import find_protocol_file

    try:
        path = find_protocol_file(name, folder)
    except InputError as error:
        return _faulty(name, error.faults, ())
    try:
        protocol, warnings, notes = check_file(path)
    except InputError as error:
        return _faulty(name, error.faults, _warnings_beside(path, error.faults))
    if path.parent == folder and protocol.id != path.stem:
        warning = f"id: '{protocol.id}' is not the file's name, '{path.stem}', by which it is found"
        warnings = [warning, *warnings]
    findings = [*_findings("warning", warnings), *_findings("note", notes)]
    return CheckedFile(name, protocol.id, protocol.version, tuple(findings))


def _faulty(name: str, faults: Iterable[str], warnings: Iterable[str]) -> CheckedFile:
    findings = (*(_fault(name, fault) for fault in faults), *_findings("warning", warnings))
    return CheckedFile(name, None, None, findings)


def _warnings_beside(path: Path, faults: Sequence[str]) -> list[str]:
    """Return what is odd beside the faults, if the file can be read at all."""
    from hairplan.planner.protocol_warnings import warnings_beside

    try:
        return warnings_beside(path, faults)
    except InputError:
        return []


def _fault(name: str, fault: str) -> Finding:
    message = re.sub(rf"^\S*{re.escape(Path(name).name)}: ", "", fault)
    if place := re.search(r" \(at line (\d+), column (\d+)\)$", message):
        return Finding("fault", None, message[: place.start()], int(place[1]), int(place[2]))
    if message.startswith("not valid TOML"):
        return Finding("fault", None, message)
    return _finding("fault", message)


def _findings(kind: FindingKind, texts: Iterable[str]) -> Iterator[Finding]:
    return (_finding(kind, text) for text in texts)


def _finding(kind: FindingKind, text: str) -> Finding:
    """Split a message into the path that it may begin with, and the rest."""
    parts = re.match(r'((?:[\w\[\].-]|"[^"]*")+): (.*)', text, re.DOTALL)
    return Finding(kind, parts[1], parts[2]) if parts else Finding(kind, None, text)


def _document(checked: list[CheckedFile]) -> "Document":
    from hairplan.show.document import Document, Line, Mark

    marks: dict[FindingKind, Mark] = {"fault": "refused", "warning": "moved", "note": "least"}
    lines = []
    for file in checked:
        if file.exit_code != BAD_INPUT:
            lines.append(Line(f"{file.file}: {file.id} {file.version} is valid", "good"))
        for finding in file.findings:
            place = f":{finding.line}:{finding.column}" if finding.line else ""
            path = f"{finding.path}: " if finding.path else ""
            text = f"{file.file}{place}: {finding.kind}: {path}{finding.message}"
            lines.append(Line(text, marks[finding.kind]))
    return Document("", tuple(lines), ())


def _summary(checked: list[CheckedFile]) -> str:
    kinds = [finding.kind for file in checked for finding in file.findings]
    counted = ", ".join(
        format_count(kinds.count(kind), kind) for kind in ("fault", "warning") if kind in kinds
    )
    return f"checked {format_count(len(checked), 'file')}: {counted or 'nothing to fix'}"
