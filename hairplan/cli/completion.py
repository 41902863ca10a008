"""Completion in a shell: the values of options and arguments, not only their names.

It is a help and no more: where something is amiss, nothing is completed and nothing is said. Bash
takes a word apart at each `=`, and wants the rest of it alone; other shells take it whole.
"""

import io
import os
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import partial
from typing import Any, Final, NamedTuple

from hairplan.cli.terminal import COMPLETING, put

_BASH: Final = "complete_bash"


class Completed(NamedTuple):
    """A value as Click's shells take it."""

    value: str
    help: str | None = None
    type: str = "plain"


def complete(program: Callable[[], object]) -> None:
    """Say how a command line goes on; nothing if it cannot be told.

    Args:
        program: the program, which finds the command line in the environment.
    """
    if os.environ[COMPLETING] == _BASH:
        _join_words()
    printed = io.StringIO()
    with (
        redirect_stdout(printed),
        redirect_stderr(io.StringIO()),
        suppress(Exception, SystemExit),
    ):
        program()
    put(printed.getvalue())


def add_completers(command: Any) -> None:  # noqa: ANN401 - Click's own type
    """Let a command's options and arguments complete their values."""
    from hairplan.cli.completers import completer_of

    for parameter in command.params:
        if completer := completer_of(parameter.name):
            parameter.shell_complete = partial(_completed, completer)


def _completed(
    completer: Callable[[Any, str], list[str]],
    ctx: Any,  # noqa: ANN401 - Click's own type
    incomplete: str,
) -> list[Completed]:
    is_bash = os.environ[COMPLETING] == _BASH
    known = incomplete.rpartition("=")[:2] if is_bash else ()
    start = len("".join(known))
    values = completer(ctx, incomplete)
    return [Completed(value[start:]) for value in values if value.startswith(incomplete)]


def _join_words() -> None:
    """Put the words together again that Bash took apart."""
    words = os.environ["COMP_WORDS"].split("\n")
    joined: list[str] = []
    for number, word in enumerate(words):
        if joined and (word == "=" or joined[-1].endswith("=")):
            joined[-1] += word
        else:
            joined.append(word)
        if number == int(os.environ["COMP_CWORD"]):
            os.environ.update(COMP_WORDS="\n".join(joined), COMP_CWORD=str(len(joined) - 1))
