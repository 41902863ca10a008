"""The help: how a command is called, an example or three, and the options most often used.

The rest is behind `--help-all`. It is text without frames, so that it is as well read in a narrow
window or in a pipe, and no library is waited for.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperCommand

from hairplan.cli.terminal import put

OPTIONS: Final = "Options"
HELP_ALL: Final = "help_all"
_MOST_COLUMNS: Final = 24
"""How wide the names of options may be; beside a longer one there is no text, but below it."""

Rows = Sequence[tuple[str, str]]


class ShortHelp(NamedTuple):
    """The part of a command's help that `-h` shows.

    Attributes:
        examples: command lines.
        usual: the names of the options that are shown; all, if it is empty.
    """

    examples: tuple[str, ...]
    usual: Collection[str] = ()

    def shows(self, parameter: Any) -> bool:  # noqa: ANN401 - Click's own type
        """Return whether an option is shown; an argument is in any case."""
        names = {*self.usual, "help", HELP_ALL}
        return not self.usual or parameter.name in names or not parameter.opts[0].startswith("-")


NOTHING_SHORT: Final = ShortHelp(())
"""The help of a command that has no rare options, and no examples."""


class Command(TyperCommand):
    """A command with a short help."""

    short = NOTHING_SHORT
    shows_all = False

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Click's own types
        """Write the help of the command."""
        self.format_usage(ctx, formatter)
        if self.short.examples:
            formatter.write("\n")
        for example in self.short.examples:
            formatter.write(f"  $ {example}\n")
        self.format_help_text(ctx, formatter)
        shown = (each for each in self.get_params(ctx) if self.shows_all or self.short.shows(each))
        write_sections(formatter, option_rows(ctx, shown))


def option_rows(ctx: Any, parameters: Iterable[Any]) -> Mapping[str, Rows]:  # noqa: ANN401
    """Return options with their texts, by the section that they stand in."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for parameter in parameters:
        name = getattr(parameter, "rich_help_panel", None) or OPTIONS
        option, text = parameter.get_help_record(ctx)
        # Some versions of Typer escape a bracket as Rich would have it.
        sections.setdefault(name, []).append((option, text.replace("\\[", "[")))
    return sections


def write_sections(formatter: Any, sections: Mapping[str, Rows]) -> None:  # noqa: ANN401
    """Write names with their texts, all texts in one column."""
    names = [len(name) for rows in sections.values() for name, _ in rows]
    width = max(length for length in names if length <= _MOST_COLUMNS)
    for section, rows in sections.items():
        with formatter.section(section):
            formatter.write_dl([(name.ljust(width), text) for name, text in rows], col_max=width)


def show_all(ctx: typer.Context, asked: bool) -> None:  # noqa: FBT001 - Typer calls it so
    """Show the help with all options."""
    if asked:
        ctx.command.shows_all = True  # type: ignore[attr-defined]
        put(f"{ctx.get_help()}\n")
        raise typer.Exit
