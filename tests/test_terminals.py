"""Terminals of all kinds: without glyphs, without colours, narrow, and shorter than a text."""

import io
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

from hairplan.cli import delivery
from hairplan.show.segments import GLYPHS

Run = Callable[[str], Ran]
COMMANDS = (
    "schedule smp --start 2026-12-01", "schedule p.plan.json", "schedule p.plan.json --full",
    "status p.plan.json", "status p.plan.json --full", "due .", "due . --full",
    "record p.plan.json --missed course-1 --today 2026-12-05 --dry-run", "history p.plan.json",
    "show smp", "list", "screen smp", "config",
)  # fmt: skip


class Cp1252(io.StringIO):
    """A terminal of an old system."""

    encoding = "cp1252"


# ---- glyphs ----


@pytest.mark.parametrize("command", COMMANDS)
def test_an_old_encoding_gets_no_glyph_that_it_has_not(
    hairplan: Run, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    keep("smp --start 2026-12-01 --ref é")
    stream = Cp1252()
    monkeypatch.setattr(sys, "stdout", stream)
    hairplan(f"{command} -f table")
    stream.getvalue().encode("cp1252")
    assert "─" not in stream.getvalue()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_dumb_terminal_gets_no_glyphs(
    hairplan: Run, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    keep("smp --start 2026-12-01")
    monkeypatch.setenv("TERM", "dumb")
    assert set(hairplan(f"{command} -f table").out).isdisjoint(GLYPHS)


def test_a_file_has_all_glyphs(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert hairplan("list -f table -o list.txt").code == 0
    assert "─" in Path("list.txt").read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("width", ["60", "80", "120", "200"])
def test_nothing_is_wider_than_its_terminal(
    hairplan: Run,
    keep: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    width: str,
) -> None:
    keep("smp --start 2026-12-01")
    monkeypatch.setenv("COLUMNS", width)
    lines = hairplan(f"{command} -f table").out.splitlines()
    assert [line for line in lines if len(line) > int(width)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_colours_tell_nothing_that_words_do_not(
    hairplan: Run, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    keep("smp --start 2026-12-01")
    plain = hairplan(f"{command} -f table").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    colored = hairplan(f"{command} -f table").out
    assert "\x1b[" in colored
    assert words(colored) == words(plain)


def words(text: str) -> list[str]:
    """Return the words of a text without its colours and its bars."""
    bare = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return re.sub(r"[█░▌▐]", " ", bare).split()


# ---- a pager ----


@pytest.fixture
def paged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Sit in a terminal of 24 lines, whose pager keeps what it gets."""
    program = tmp_path / "keep.py"
    program.write_text(
        "import os, sys\n"
        "with open('paged.txt', 'wb') as file: file.write(sys.stdin.buffer.read())\n"
        "with open('less.txt', 'w') as file: file.write(os.environ['LESS'])\n"
    )
    monkeypatch.setenv("PAGER", f"'{sys.executable}' '{program}'")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("LESS", raising=False)
    monkeypatch.setattr(delivery, "is_terminal", lambda _: True)
    return tmp_path / "paged.txt"


@pytest.mark.parametrize(
    "command",
    ["schedule p.plan.json --full", "show smp", "screen smp", "show smp -f json",
     "status p.plan.json --full"],
)  # fmt: skip
def test_what_is_longer_than_the_terminal_goes_through_a_pager(
    hairplan: Run, keep: Callable[..., None], paged: Path, command: str
) -> None:
    keep("smp --start 2026-12-01")
    paged.unlink(missing_ok=True)
    assert hairplan(command).out == ""
    assert paged.read_text("utf-8").count("\n") > 24
    assert Path("less.txt").read_text() == "FRX"


@pytest.mark.parametrize(
    "command",
    [
        "schedule smp --start 2026-12-01",
        "record p.plan.json --missed course-1 --force --full",
        "list",
    ],
)
def test_what_is_short_or_at_a_glance_is_put_out(
    hairplan: Run, keep: Callable[..., None], paged: Path, command: str
) -> None:
    keep("smp --start 2026-12-01")
    assert hairplan(command).out
    assert not paged.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAGER", ""),
        ("PAGER", "cat"),
        ("PAGER", "no-such-program"),
        ("PAGER", "'"),
        ("TERM", "dumb"),
        ("LINES", "900"),
    ],
)
def test_where_there_is_no_pager_all_is_put_out(
    hairplan: Run, paged: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert hairplan("show smp").out.count("\n") > 24
    assert not paged.exists()


def test_a_pager_that_does_not_start_is_none(
    hairplan: Run, paged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = paged.with_name("broken")
    broken.write_text("no program")
    broken.chmod(0o755)
    monkeypatch.setenv("PAGER", str(broken))
    assert hairplan("show smp").out.count("\n") > 24


def test_in_a_pipe_there_is_no_pager(
    hairplan: Run, paged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "is_terminal", lambda _: False)
    assert hairplan("show smp").out.count("\n") > 24
    assert not paged.exists()


def test_an_interrupt_is_the_pagers(
    hairplan: Run, paged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGINT)

    def interrupted(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("subprocess.run", interrupted)
    assert hairplan("show smp") == Ran(0, "", "")
    assert signal.getsignal(signal.SIGINT) is before
    assert not paged.exists()


def test_no_line_ends_in_blanks_in_colour_or_without(
    hairplan: Run, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("smp --start 2026-12-01 --time 14:30")
    for color in ("", "1"):
        monkeypatch.setenv("FORCE_COLOR", color)
        monkeypatch.setenv("COLUMNS", "60")
        out = hairplan("status p.plan.json -f table --today 2026-12-22").out
        bare = re.sub(r"\x1b\[[0-9;]*m", "", out)
        assert "done, missed" in bare
        assert [line for line in bare.splitlines() if line != line.rstrip()] == []
