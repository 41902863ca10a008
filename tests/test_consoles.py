"""A console of Windows, which knows few characters: nothing crashes, and data is UTF-8."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REF = "Łukasz → 漢 é"


def piped(command: list[str], folder: Path) -> tuple[int, bytes, bytes]:
    environment = {
        **os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0",
        "HAIRPLAN_TODAY": "2026-11-01", "XDG_CONFIG_HOME": str(folder),
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-m", "hairplan", *command],
        capture_output=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.parametrize("form", ["json", "csv", "ics"])
def test_what_programs_read_is_utf_8(form: str, tmp_path: Path) -> None:
    command = ["schedule", "smp", "--start", "2026-12-01", "--ref", REF, "-f", form]
    code, out, _ = piped(
        [*command, *(["--audience", "practice"] if form == "ics" else [])], tmp_path
    )
    assert code == 0
    text = out.decode("utf-8")
    if form == "json":
        assert json.loads(text)["ref"] == REF
    elif form == "csv":
        assert {row["ref"] for row in csv.DictReader(io.StringIO(text))} == {REF}
        assert b"\r\r\n" not in out
    else:
        assert REF in text.replace("\r\n ", "")


@pytest.mark.parametrize("form", ["plain", "table", "markdown"])
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_text_says_what_the_console_can(form: str, encoding: str, tmp_path: Path) -> None:
    command = ["schedule", "smp", "--start", "2026-12-01", "--ref", REF, "-f", form, "--full"]
    code, out, err = piped(command, tmp_path)
    assert (code, b"Traceback" in err) == (0, False)
    assert b"2026" in out.decode("cp1252").encode(encoding, "replace")


@pytest.mark.parametrize("form", ["jsonl", "csv", "ics"])
def test_what_a_list_makes_is_utf_8(form: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"Réf;Soin;Date\n{REF};smp;2026-12-01\n", "utf-8")
    code, out, err = piped(["batch", "p.csv", "--guess"], tmp_path)
    assert (code, err) == (0, b"")
    settings = out.decode("utf-8").replace("# ", "")
    assert '"Soin" = "treatment"' in settings
    command = [
        "batch",
        "p.csv",
        "-o",
        "-",
        "-f",
        form,
        "--map",
        "Réf=ref",
        "--map",
        "Soin=treatment",
    ]
    practice = ["--audience", "practice"] if form == "ics" else []
    code, out, err = piped([*command, "--map", "Date=start", *practice], tmp_path)
    assert (code, b"Traceback" in err) == (0, False)
    assert REF in out.decode("utf-8").replace("\r\n ", "")
