"""The delivery of a result: in the form that was asked for, to where it was asked for."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hairplan.cli.options import RehearsedResult, ResultOptions
from hairplan.cli.terminal import is_terminal, put, say, shows_color, shows_glyphs, width
from hairplan.errors import InputError, nearest
from hairplan.words import format_count

if TYPE_CHECKING:
    from hairplan.files.marks import Marks
    from hairplan.show.document import Document

SUFFIXES: Final = {
    ".json": "json",
    ".csv": "csv",
    ".md": "markdown",
    ".txt": "plain",
    ".ics": "ics",
    ".html": "sheet",
    ".pdf": "pdf",
}
STDOUT: Final = Path("-")
_DASHES: Final = str.maketrans("─·", "--")
"""The marks for terminals that cannot show these glyphs."""


def chosen_format(asked: str | None, output: Path | None, known: tuple[str, ...]) -> str:
    """Return the form of a result: as asked for, by the file's suffix, or by who reads it.

    Args:
        asked: the --format option.
        output: the --output option.
        known: the forms that the command has.

    Raises:
        InputError: there is no such form, or the suffix does not tell it.
    """
    if asked is not None:
        if asked not in known:
            hint = nearest(asked, list(known))
            raise InputError(f"--format: no '{asked}'{hint}; there are: {', '.join(known)}")
        return asked
    if output is None or output == STDOUT:
        return "table" if is_terminal(sys.stdout) else "plain"
    form = SUFFIXES.get(output.suffix.lower())
    if form not in known:
        suffixes = ", ".join(suffix for suffix, form in SUFFIXES.items() if form in known)
        raise InputError(
            f"--output: '{output}' does not end in {suffixes}: choose one, or say --format"
        )
    return form


def render_document(document: "Document", form: str, output: Path | None) -> str:
    """Render what a person reads, as a table, plain text or Markdown; colours are for stdout."""
    if form == "table":
        from hairplan.show.table import render_table

        if output not in {None, STDOUT}:
            return render_table(document, width=width(), color=False)
        text = render_table(document, width=width(), color=shows_color(sys.stdout))
        return text if shows_glyphs(sys.stdout, "─·") else text.translate(_DASHES)
    if form == "markdown":
        from hairplan.show.markdown import render_markdown

        return render_markdown(document)
    from hairplan.show.plain import render_plain

    return render_plain(document)


_FOR_PROGRAMS: Final = ("json", "csv", "ics", "sheet")
"""The forms that programs read."""


def deliver(
    content: str | bytes,
    result: ResultOptions,
    what: str,
    *,
    marks: "Marks" = (),
    mode: int | None = None,
) -> None:
    """Put a result on stdout, or write it to a file and say so; a rehearsal only says it.

    Args:
        content: the result.
        result: where to, and whether any other file is replaced.
        what: what it is, in words.
        marks: tell an earlier export of the same plan, which may be replaced.
        mode: the permissions of a new file that others may read; one that is there keeps its own.

    Raises:
        OutputError: it cannot be written.
    """
    output = None if result.output == STDOUT else result.output
    data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    if is_rehearsal(result):
        if output is not None:
            from hairplan.files.store import check_writable

            check_writable(output, marks=marks, force=result.force)
        size = format_count(len(data), "byte")
        put(f"would write {what} to {output or 'standard output'}, {size}\n")
    elif output is None:
        # A console of Windows has few characters; what programs read is UTF-8 everywhere.
        put(data if result.form in _FOR_PROGRAMS else content)
    else:
        from hairplan.files.store import write_file

        write_file(output, data, marks=marks, force=result.force, mode=mode)
        said = "" if mode is None else describe_mode(output)
        say(f"wrote {what} to {output}{said}")


def deliver_paged(text: str, result: ResultOptions, what: str, *, marks: "Marks" = ()) -> None:
    """Put a text where it was asked for; in a terminal that it is too long for, through a pager.

    Raises:
        OutputError: it cannot be written.
    """
    is_file = result.output not in {None, STDOUT}
    if is_file or is_rehearsal(result) or not is_terminal(sys.stdout):
        deliver(text, result, what, marks=marks)
        return
    from hairplan.cli.pager import put_paged

    put_paged(text)


def describe_mode(output: Path) -> str:
    """Say who may read a file that is meant for others, and how that is changed."""
    return f", mode {output.stat().st_mode & 0o777:o}: chmod changes it, and it stays so"


def is_rehearsal(result: ResultOptions) -> bool:
    """Return whether a command only says what it would write."""
    return isinstance(result, RehearsedResult) and result.dry_run
