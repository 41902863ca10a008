"""A sentence that is longer than a terminal is wide breaks between two words."""

import io
import sys

import pytest

from hairplan.cli.terminal import between_words, say

SENTENCE = "no session or task 'course-1'; sessions: weekly-1..4, fortnightly-1..4; tasks: wash"


def narrow(monkeypatch: pytest.MonkeyPatch, *, is_tty: bool = True) -> io.StringIO:
    """Put a stream of 40 columns in place of stderr: a terminal's, or else a pipe's."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: is_tty, raising=False)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "40")
    return stream


def test_a_long_sentence_breaks_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = narrow(monkeypatch)
    say(SENTENCE)
    assert stream.getvalue() == (
        "no session or task 'course-1'; sessions:\n"
        "  weekly-1..4, fortnightly-1..4; tasks:\n"
        "  wash\n"
    )


def test_a_sentence_that_stands_further_in_stays_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    narrow(monkeypatch)
    assert between_words("  2 of 4 appointments are proposals, not booked") == (
        "  2 of 4 appointments are proposals, not\n    booked"
    )


def test_a_pipe_gets_a_line_for_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = narrow(monkeypatch, is_tty=False)
    say(SENTENCE)
    assert stream.getvalue() == f"{SENTENCE}\n"


def test_a_terminal_leaves_a_short_line_and_one_to_copy_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = narrow(monkeypatch)
    say("interrupted")
    say(SENTENCE, to_copy=True)
    assert stream.getvalue() == f"interrupted\n{SENTENCE}\n"
