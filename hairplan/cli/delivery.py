"""A result to where it was asked for, in the form that was asked for."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hairplan.cli.terminal import is_terminal, put, say, shows_color, width
from hairplan.errors import InputError, nearest

if TYPE_CHECKING:
    from hairplan.export.document import Document

SUFFIXES: Final = {".json": "json", ".csv": "csv", ".md": "markdown", ".txt": "plain"}
STDOUT: Final = Path("-")


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
        from hairplan.export import table

        color = output in {None, STDOUT} and shows_color(sys.stdout)
        return table.render(document, width=width(), color=color)
    if form == "markdown":
        from hairplan.export import markdown

        return markdown.render(document)
    from hairplan.export import plain

    return plain.render(document)


def deliver(
    text: str, output: Path | None, *, marks: tuple[str, ...] = (), force: bool, what: str
) -> None:
    """Put a text on stdout, or write it to a file and say so.

    Args:
        text: the result.
        output: the --output option.
        marks: tell an earlier export of the same plan, which may be replaced.
        force: replace any other file as well.
        what: what was written, in words.

    Raises:
        OutputError: it cannot be written.
    """
    if output is None or output == STDOUT:
        put(text)
        return
    from hairplan.store import write_text

    write_text(output, text, marks=marks, force=force)
    say(f"wrote {what} to {output}")
