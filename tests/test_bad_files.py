"""Files that are no text, no TOML, too much or too new: each ends in one clear message, soon."""

import os
from pathlib import Path

import pytest

from hairplan.errors import InputError, cap_faults
from hairplan.protocol.model import Protocol
from hairplan.protocol.toml import MOST_BYTES, parse_toml, read_text_file

HEAD = """\
format = 1
id = "prp"
version = "1"
date = 2026-11-01
name = "PRP"
summary = "a test"
"""
STEP = '[[steps]]\nid = "course"\nname = "session"\n'
DEEP = "nested too deeply"


def unreadable(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_text_file(path)
    (fault,) = error.value.faults
    return fault.removeprefix(f"{path}: ")


def faults(text: str, kind: type = Protocol) -> list[str]:
    with pytest.raises(InputError) as error:
        parse_toml(text, kind, "prp.toml")
    assert all(fault.startswith("prp.toml: ") for fault in error.value.faults)
    return [fault.removeprefix("prp.toml: ") for fault in error.value.faults]


# ---- files ----


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("\ufeffname = 'é'\n".encode(), "name = 'é'\n"),
        ("name = '\ufeffé'\n".encode(), "name = '\ufeffé'\n"),
        (b"#" * MOST_BYTES, "#" * MOST_BYTES),
        (b"", ""),
    ],
)
def test_a_text_is_utf_8_with_or_without_a_byte_order_mark(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    assert read_text_file(path) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("name = 'é'".encode("utf-16"), "not UTF-8 text (byte 1): save it as UTF-8"),
        ("name = 'é'".encode("latin-1"), "not UTF-8 text (byte 9): save it as UTF-8"),
        (b"\xef\xbb\xbfname\xff", "not UTF-8 text (byte 8): save it as UTF-8"),
        (b"#" * (MOST_BYTES + 1), "larger than 1 MiB, which no such file needs to be"),
    ],
)
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    assert unreadable(path) == expected


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert unreadable(tmp_path) == "cannot be read: Is a directory"
    assert unreadable(tmp_path / "none") == "cannot be read: No such file or directory"
    assert unreadable(tmp_path / "loop") == "cannot be read: Too many levels of symbolic links"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_a_device_that_never_ends() -> None:
    assert unreadable(Path("/dev/zero")) == "larger than 1 MiB, which no such file needs to be"


def test_a_pipe_is_read_as_it_is() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"name = 'x'")
    os.close(writer)
    try:
        assert read_text_file(Path(f"/dev/fd/{reader}")) == "name = 'x'"
    finally:
        os.close(reader)


@pytest.mark.parametrize("change", [{"size": 1, "time": 0}, {"size": 0, "time": 1}])
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, int]
) -> None:
    path = tmp_path / "x.toml"
    path.write_text("name = 'x'")
    state = os.fstat

    def late(handle: int) -> os.stat_result:
        found = state(handle)
        monkeypatch.setattr(os, "fstat", state)
        os.truncate(path, found.st_size + change["size"])
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns + change["time"]))
        return found

    monkeypatch.setattr(os, "fstat", late)
    assert unreadable(path) == "changed while it was read: try again"
    assert read_text_file(path).startswith("name = 'x'")


# ---- TOML ----


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\nb = '\0'\n", "line 2 has a NUL byte, which no text has: save it as UTF-8"),
        ("a\0 \0=\0", "line 1 has a NUL byte, which no text has: save it as UTF-8"),
        (
            "a = [",
            "not valid TOML: invalid value: a text stands between straight quotes, such as"
            ' "4 weeks" (at end of document)',
        ),
        ("a = " + "9" * 5000, "not valid TOML: a whole number of more than 64 bits"),
        ("a = 0x" + "f" * 5000, "not valid TOML: a whole number of more than 64 bits"),
        ("format = 0x" + "f" * 5000, "not valid TOML: a whole number of more than 64 bits"),
    ],
)
def test_what_is_no_toml(text: str, expected: str) -> None:
    assert faults(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 100_000 + "]" * 100_000,
        "a = " + "{ a = " * 100_000,
        "a." * 500_000 + "a = 1",
        '"a\\".b" . ' * 100_000 + "a = 1",
        "'a' . " * 100_000 + "a = 1",
        "[" + "a." * 500_000 + "a]",
        "x = { y = 1, " + "a." * 500_000 + "a = 1 }",
        # Few parts in each key, and many levels of tables.
        "a = " + "{ a.b.c.d.e.f.g.h = " * 300 + "1" + "}" * 300,
    ],
)
def test_deep_nesting_is_one_fault(text: str) -> None:
    assert faults(text) == [DEEP]


@pytest.mark.parametrize(
    "said",
    [
        '"1.2.840.113549.1.9.16.2.1.1"',
        "'a.b.c.d.e.f.g.h.i.j.k'",
        '"""\na.b.c.d.e.f.g.h.i.j.k\\""" x""" # a.b.c.d.e.f.g.h.i.j.k',
        "'''\na.b.c.d.e.f.g.h.i.j.k'''",
    ],
)
def test_dots_in_a_text_are_no_nesting(said: str) -> None:
    text = HEAD.replace('"a test"', said) + STEP
    assert "a.b" in parse_toml(text, Protocol, "x").summary or "1.2" in said


def test_nesting_that_is_not_too_deep_is_shown_in_part() -> None:
    text = HEAD.replace('"PRP"', "[" * 200 + "]" * 200) + STEP
    assert faults(text) == [f"name: {'[' * 60}... is not a text"]


# ---- formats ----


def test_a_newer_format_is_the_only_fault() -> None:
    newer = HEAD.replace("format = 1", "format = 2") + "[[stages]]\nid = 1\n"
    assert faults(newer) == [
        "format: 2 is newer than this hairplan reads (1): install a newer hairplan, or ask for the"
        " file in format 1"
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ["format: missing"]),
        ("format = 0", ["format: 0 is not one of 1"]),
        ("format = true", ["format: true is not one of 1"]),
        ('format = "2"', ["format: '2' is not one of 1"]),
        ("format = 2.0", ["format: 2.0 is not one of 1"]),
    ],
)
def test_a_format_that_is_wrong_otherwise_is_a_fault_like_others(
    line: str, expected: list[str]
) -> None:
    text = HEAD.replace("format = 1", line).replace('"1"', "1") + STEP
    assert faults(text) == [*expected, "version: 1 is not a text"]


def test_a_type_without_a_format_has_no_newer_one() -> None:
    assert faults("format = 2\na = 'x'", dict[str, int]) == ["a: 'x' is not a whole number"]


# ---- one of several forms ----


def test_a_table_that_is_none() -> None:
    text = HEAD + STEP + 'count = "x"\n'
    assert faults(text.replace("[[steps]]", "restrictions = 3\n[[steps]]")) == [
        "restrictions: 3 is not a table",
        "steps[1].count: 'x' is not a whole number or 'open' or a table",
    ]


# ---- many faults ----


def test_ten_thousand_unknown_keys() -> None:
    text = HEAD + STEP + "".join(f"spacin{number} = 1\n" for number in range(10_000))
    found = faults(text)
    assert len(found) == 101
    assert found[0] == "steps[1].spacin0: no such key (did you mean 'spacing'?)"
    assert found[-1] == "... and 9900 more"


def test_very_many_faulty_tables() -> None:
    found = faults(HEAD + STEP + "[[notes]]\ntext = 1\n" * 30_000)
    assert found[:2] == ["notes[100].text: 1 is not a text", "notes[101].text: 1 is not a text"]
    assert found[-1] == "... and at least 810 more"
    assert len(found) == 101


def test_very_many_faults_in_a_list_that_may_be_a_single_value() -> None:
    found = faults(HEAD + STEP + f"spacing = [{'1, ' * 30_000}]\n")
    assert found[0] == "steps[1].spacing[100]: 1 is not a table"
    assert found[-1] == "... and at least 810 more"


def test_one_fault_among_very_many_entries() -> None:
    notes = '[[notes]]\ntext = "x"\n' * 30_000
    assert faults(HEAD + STEP + notes + "[[notes]]\n") == ["notes[30001].text: missing"]
    names = "".join(f"x{number} = 'x'\n" for number in range(30_000))
    assert faults(HEAD + STEP + "[facts]\n" + names + "y = 1\n") == ["facts.y: 1 is not a text"]


def test_one_fault_in_a_very_long_list_of_texts_is_found_beside_others() -> None:
    many = "source = [" + "'x', " * 30_000 + "1]\n"
    assert faults(HEAD + STEP + "count = 0\n" + many) == [
        "steps[1].count: 0 is less than 1",
        "steps[1].source[30001]: 1 is not a text",
    ]


@pytest.mark.parametrize("given", ["3.0", "1.5", "inf"])
def test_a_number_with_a_point_is_no_count(given: str) -> None:
    assert faults(HEAD + STEP + f"count = {given}\n") == [
        f"steps[1].count: {given} is not a whole number or 'open' or a table"
    ]


def test_of_a_list_of_faults_a_hundred_are_kept() -> None:
    many = [f"fault {number}" for number in range(120)]
    assert cap_faults(many) == [*many[:100], "... and 20 more"]
    assert cap_faults(many[:100]) == many[:100]


def test_names_that_are_none() -> None:
    names = "".join(f"X{number} = {{ label = 'x' }}\n" for number in range(3))
    assert faults(HEAD + STEP + "[restrictions]\n" + names) == [
        f"restrictions: 'X{number}' is not a short name in lower case such as 'touch-up'"
        for number in range(3)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            HEAD + STEP + f'duration = "{"x" * 1_000_000}"',
            [f"steps[1].duration: '{'x' * 59}... is not a span such as '45 minutes'"],
        ),
        (
            HEAD + STEP + f"[facts]\n{'x' * 1_000_000} = 1",
            [f"facts.{'x' * 60}...: 1 is not a text"],
        ),
        (HEAD + STEP * 201, ["steps: 201 entries are more than 200"]),
        (HEAD + STEP + "count = 99999999999999999999",
         ["steps[1].count: 99999999999999999999 is more than 10000"]),
    ],
)  # fmt: skip
def test_what_is_too_long(text: str, expected: list[str]) -> None:
    assert faults(text) == expected
