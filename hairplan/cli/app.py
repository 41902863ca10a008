"""The program: its commands, and the one place that turns errors into words and exit codes.

A command's module is imported when the command is asked for: who asks for the version does not wait
for a planner.
"""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from hairplan import __version__
from hairplan.cli.help import Command, option_rows, write_sections
from hairplan.cli.terminal import drop_rest, is_completing, open_streams, put, say, say_faults
from hairplan.errors import BAD_INPUT, BUG, INTERRUPTED, HairplanError
from hairplan.words import replace_controls

COMMANDS: Final = {
    "schedule": "hairplan.cli.schedule:schedule",
    "batch": "hairplan.cli.batch:batch",
    "list": "hairplan.cli.listing:list_protocols",
    "show": "hairplan.cli.show:show",
    "screen": "hairplan.cli.screen:screen",
    "validate": "hairplan.cli.validate:validate",
    "config": "hairplan.cli.config:config",
    "init": "hairplan.cli.init:init",
    "new": "hairplan.cli.new:new",
    "record": "hairplan.cli.record:record",
    "undo": "hairplan.cli.record:undo",
    "history": "hairplan.cli.record:history",
    "status": "hairplan.cli.status:status",
    "due": "hairplan.cli.due:due",
    "export": "hairplan.cli.export:export",
    "schema": "hairplan.cli.schema:schema",
}

_MOST_LETTERS: Final = 120
"""How much of a command's help stands beside its name."""
_HELP_NAMES: Final = {"help_option_names": ["-h", "--help"]}


@contextmanager
def _printable_usage_errors() -> Iterator[None]:
    """Take out of Click's messages on a command line whatever in it would steer a terminal."""
    try:
        yield
    except Exception as error:
        if isinstance(message := getattr(error, "message", None), str):
            error.message = replace_controls(message)  # type: ignore[attr-defined]
        raise


class Program(TyperGroup):
    """Finds a command, importing its module, and runs it."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Click's signature
        """Return the names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - Click's own
        """Return a command, importing it the first time; None if there is none of the name."""
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            module, _, function = COMMANDS[cmd_name].partition(":")
            single = typer.Typer(
                add_completion=False,
                pretty_exceptions_enable=False,
                context_settings=dict(_HELP_NAMES),
            )
            command = getattr(import_module(module), function)
            single.command(cmd_name, cls=Command)(command)
            made = self.commands[cmd_name] = typer.main.get_command(single)
            if is_completing():
                from hairplan.cli.completion import add_completers

                add_completers(made)
            made.short = command.help  # type: ignore[attr-defined] # of the class above
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - Click's own
        """Find the command of a command line; a misspelt one is compared with all there are."""
        if args and args[0] not in COMMANDS:
            for name in COMMANDS:
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - Click's own types
        """Write the help of the program: its commands."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        commands = [(name, self.get_command(ctx, name)) for name in COMMANDS]
        rows = [(name, command.get_short_help_str(_MOST_LETTERS)) for name, command in commands]
        write_sections(formatter, {"Commands": rows, **option_rows(ctx, self.get_params(ctx))})

    def make_context(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - Click's own types
        """Read the command line as far as the command."""
        with _printable_usage_errors():
            return super().make_context(*args, **extra)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Click's own
        """Read the command line; where it names no command, say which there are."""
        if not args and not ctx.resilient_parsing:
            sys.stderr.write(f"{ctx.get_help()}\n")
            ctx.exit(BAD_INPUT)
        return list(super().parse_args(ctx, args))

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Click's own types
        """Run the command that was asked for; Click would give an interruption another code."""
        try:
            with _printable_usage_errors():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            say("interrupted")
            sys.exit(INTERRUPTED)


app = typer.Typer(
    name="hairplan",
    cls=Program,
    # A traceback with locals would show patients' data.
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings=dict(_HELP_NAMES),
)


def _print_version(value: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if value:
        put(f"hairplan {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="The version."),
    ] = False,
) -> None:
    """Plan hair and scalp treatments: sessions with their windows, what to avoid and until when."""


def run() -> None:
    """Run the program; an error of ours ends it in words, anything else is a bug of ours."""
    open_streams()
    if is_completing():
        from hairplan.cli.completion import complete

        complete(partial(app, prog_name="hairplan"))
        return
    try:
        app(prog_name="hairplan")
    except HairplanError as error:
        say_faults(error.faults)
        sys.exit(error.exit_code)
    except OSError as error:
        drop_rest()
        named = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        say_faults((f"{named}the system says: {error.strerror or error}",))
        sys.exit(BAD_INPUT)
    except Exception:  # noqa: BLE001 - whatever was not foreseen
        traceback.print_exc()
        say("this is a bug in hairplan: please report it, without patients' data")
        sys.exit(BUG)
