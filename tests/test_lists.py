"""Lists as clinics have them: what other programs save, in other countries, by other names."""

import codecs
import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from conftest import TODAY, Ran
from hypothesis import given
from hypothesis import strategies as st
from sheet_files import Rows, ods, xlsx
from test_cli import errors

from hairplan import InputError, RowPlanner
from hairplan.batch.date_columns import DateOrders, find_date_orders
from hairplan.batch.encodings import Encoding, find_encoding
from hairplan.batch.headings import PassedOver
from hairplan.batch.masking import redact_reasons
from hairplan.batch.patient_list import open_list
from hairplan.batch.row_planner import treatment_named
from hairplan.cli import batch_faults
from hairplan.clinic.readers import read_answer, read_sex
from hairplan.clinic.settings import Config, Settings
from hairplan.dates.written import DateOrder
from hairplan.words import duration_minutes

Run = Callable[[str], Ran]

TEXT = (
    "ref;treatment;start;place\r\nA-1;smp;2026-12-01;Salle Lefèvre, « é »\r\n"
    "A-2;smp;2026-12-02;\r\n"
)
NOON = datetime.fromisoformat("2026-12-01 14:30")
MIDNIGHT = datetime.fromisoformat("2026-12-02 00:00")


def said(ran: Ran) -> list[str]:
    return ran.err.splitlines()


# ---- encodings ----


@pytest.mark.parametrize(
    ("text", "saved_as", "told"),
    [
        (TEXT, "utf-8", "utf-8"),
        (TEXT, "utf-8-sig", "utf-8-sig"),
        (TEXT, "cp1252", "cp1252"),
        (TEXT, "latin-1", "cp1252"),
        (TEXT, "utf-16", "utf-16"),
        (TEXT, "utf-16-le", "utf-16-le"),
        (TEXT, "utf-16-be", "utf-16-be"),
        ("ref;place\nA;120 €\n", "cp1252", "cp1252"),
        ("ref;place\nA;Nicolò, città\n", "cp1252", "cp1252"),
        ("ref;place\nA;Groß Jürgen\n", "cp1252", "cp1252"),
        ("ref;place\nA;\x81é\n", "latin-1", "latin-1"),
        ("ref;place\nA;b\n", "ascii", "utf-8"),
        ("", "ascii", "utf-8"),
    ],
)
def test_an_encoding_is_told_by_the_bytes(text: str, saved_as: str, told: Encoding) -> None:
    stream = io.BytesIO(text.encode(saved_as))
    assert find_encoding(stream) == told
    assert stream.tell() == 0
    if text:
        cells = [list(row.content.values()) for row in open_list(stream, None, "list").rows]
        assert cells == [line.split(";") for line in text.splitlines()[1:]]


def test_an_encoding_is_told_however_late_it_shows() -> None:
    rows = "".join(f"A-{number};smp;2026-12-01;x\n" for number in range(60_000))
    text = f"ref;treatment;start;place\n{rows}B;smp;2026-12-01;é\nC;smp;2026-12-01;ü\n"
    *_, last = open_list(io.BytesIO(text.encode("cp1252")), None, "list").rows
    assert last.content["place"] == "ü"


@pytest.mark.parametrize(
    ("encoding", "said_as"),
    [("utf-8", ""), ("cp1252", ", in Windows-1252"), ("utf-16", ", in UTF-16")],
)
def test_an_encoding_is_said(hairplan: Run, encoding: str, said_as: str) -> None:
    Path("p.csv").write_bytes(TEXT.encode(encoding))
    ran = hairplan("batch p.csv -o x.jsonl")
    assert said(ran) == [
        f"p.csv: CSV, separated by semicolons{said_as}",
        "2 rows: 2 plans, 0 refused, 0 failed; written to x.jsonl",
    ]
    assert '"place":"Salle Lefèvre, « é »"' in Path("x.jsonl").read_text("utf-8")


def piped(data: bytes) -> int:
    """Return the end of a pipe that gives some bytes."""
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return reading


def test_a_pipe_is_read_in_any_encoding(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = open(piped(TEXT.encode("cp1252")), "rb")  # noqa: SIM115 - a pipe

    with Input.buffer:
        monkeypatch.setattr(sys, "stdin", Input)
        ran = hairplan("batch - -o x.jsonl")
    assert said(ran) == [
        "standard input: CSV, separated by semicolons, in Windows-1252",
        "2 rows: 2 plans, 0 refused, 0 failed; written to x.jsonl",
    ]


def test_what_cannot_be_read_twice_is_utf_8() -> None:
    with open(piped(TEXT.encode()), "rb") as stream:
        rows = list(open_list(stream, None, "list").rows)
    assert [row.content["ref"] for row in rows] == ["A-1", "A-2"]


# ---- the line of a spreadsheet ----


@pytest.mark.parametrize(
    ("text", "delimiter", "line"),
    [
        ("sep=;\r\nref;start\r\nA,1;2\r\n", ";", 3),
        ("\ufeffsep=,\nref,start;x\nA,1\n", ",", 3),
        ('"sep=\t"\n\nref\tstart\nA\t1\n', "\t", 4),
        ("SEP=;\nref;start\nA;1\n", ";", 3),
    ],
)
def test_a_line_names_what_separates_the_cells(text: str, delimiter: str, line: int) -> None:
    listing = open_list(io.BytesIO(text.encode()), None, "list")
    [row] = listing.rows
    assert (listing.delimiter, row.line, row.content["ref"][0]) == (delimiter, line, "A")


@pytest.mark.parametrize("head", ["sep=x", "sep", "sep="])
def test_another_line_is_a_header(head: str) -> None:
    listing = open_list(io.BytesIO(f"{head}\nA\n".encode()), "csv", "list")
    assert listing.header == (head,)


def test_rows_of_spaces_are_empty() -> None:
    listing = open_list(io.BytesIO(b"ref;start\n ; \nA;1\n;\n"), None, "list")
    assert [(row.number, row.line) for row in listing.rows] == [(1, 3)]


# ---- spreadsheets ----

CELLS: Rows = [
    ["Ref", "Start", "Time", "Sessions", "Answer.minoxidil", "Place"],
    ["A-1", date(2026, 12, 1), time(14, 30), 3, True, "Zoé"],
    ["", "", "", "", "", ""],
    ["A-2", MIDNIGHT, "9:00", "", False, 1.5],
]


@pytest.mark.parametrize(
    ("data", "sheet"),
    [(xlsx(_Old=CELLS, Empty=[], Patients=CELLS), "Patients"), (ods(CELLS), "Sheet1")],
)
def test_a_spreadsheet_is_read_as_the_csv_that_it_would_make(data: bytes, sheet: str) -> None:
    listing = open_list(io.BytesIO(data), "csv", "list")
    assert (listing.form, listing.sheet) == ("sheet", sheet)
    assert listing.header == ("ref", "start", "time", "sessions", "answer.minoxidil", "place")
    assert [(row.number, row.line, tuple(row.content.values())) for row in listing.rows] == [
        (1, 2, ("A-1", "2026-12-01", "14:30", "3", "yes", "Zoé")),
        (2, 4, ("A-2", "2026-12-02", "9:00", "", "no", "1.5")),
    ]


def test_a_day_and_a_time_in_one_cell_stay_together() -> None:
    data = xlsx(A=[["ref", "start"], ["A", NOON]])
    [row] = open_list(io.BytesIO(data), None, "list").rows
    assert row.content == {"ref": "A", "start": "2026-12-01 14:30"}


def test_a_spreadsheet_makes_the_plans_of_its_csv(hairplan: Run) -> None:
    Path("p.xlsx").write_bytes(xlsx(Patients=CELLS))
    Path("p.csv").write_text(
        "ref,start,time,sessions,answer.minoxidil,place\n"
        "A-1,2026-12-01,14:30,3,yes,Zoé\nA-2,2026-12-02,9:00,,no,1.5\n"
    )
    ran = hairplan("batch p.xlsx -t smp -o sheet.jsonl")
    assert said(ran)[0] == "p.xlsx: the sheet 'Patients' of a spreadsheet"
    hairplan("batch p.csv -t smp -o csv.jsonl")
    assert Path("sheet.jsonl").read_bytes() == Path("csv.jsonl").read_bytes()


def test_cells_beside_the_header_spoil_their_row_alone() -> None:
    data = xlsx(A=[["ref", "start"], ["A", "1", "", "x"], ["B", "2"]])
    first, second = open_list(io.BytesIO(data), None, "list").rows
    assert first.faults == ("cells beside the columns of the header: give their column a name",)
    assert second.content == {"ref": "B", "start": "2"}


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"PK\x03\x04 no archive", "cannot be read as a spreadsheet: Cannot detect file format"),
        (xlsx(A=[]), "is empty: a list has a header and a row for each plan"),
        (xlsx(_A=CELLS), "is empty: a list has a header and a row for each plan"),
        (xlsx(A=[["ref", "start"], ["", ""]]), "has a header and no rows"),
    ],
)
def test_what_is_no_list_in_a_spreadsheet_is_refused(data: bytes, fault: str) -> None:
    with pytest.raises(InputError) as error:
        list(open_list(io.BytesIO(data), None, "p.xlsx").rows)
    assert error.value.faults == (f"p.xlsx: {fault}",)


def test_without_calamine_it_is_said_how_to_read_a_spreadsheet(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    Path("p.xlsx").write_bytes(xlsx(Patients=CELLS))
    assert errors(hairplan("batch p.xlsx -t smp -o x.jsonl")) == [
        "p.xlsx: is a spreadsheet, which python-calamine reads: pip install 'hairplan[sheets]'; or"
        " save it as CSV"
    ]


# ---- dates ----


def orders_of(*cells: str) -> DateOrders:
    return find_date_orders(({"start": cell, "ref": "01/02/2026"} for cell in cells), TODAY)


@pytest.mark.parametrize(
    ("cells", "known", "unknown"),
    [
        (["2026-12-01", "1 Dec 2026", "soon", "", "2026/3/4"], {}, ()),
        (["13/04/2026", "04/04/2026"], {}, ()),
        (["03/04/2026", "04/04/2026"], {}, ("start",)),
        (["03/04/2026", "13/04/2026", "2026-12-01"], {"start": "dmy"}, ()),
        (["03/04/2026", "04/13/2026"], {"start": "mdy"}, ()),
        (["03/04/2026", "04/13/2026", "13/04/2026"], {}, ("start",)),
        (["01-02-03", "26-02-03"], {}, ("start",)),
        (["01/02/03", "26/02/03"], {"start": "dmy"}, ()),
        (["03/04/26", "31/12/26", "29/11/35"], {"start": "dmy"}, ()),
        (["03/04/2026..13/04/2026=x 1/2/2026|05/06/2026"], {"start": "dmy"}, ()),
        (["03/04/2026", "40/40/2026"], {}, ("start",)),
    ],
)
def test_the_rows_of_a_column_tell_the_order_of_its_dates(
    cells: list[str], known: dict[str, DateOrder], unknown: tuple[str, ...]
) -> None:
    assert orders_of(*cells) == DateOrders(known, unknown)


def test_each_column_has_an_order_of_its_own(hairplan: Run) -> None:
    Path("p.csv").write_text(
        "ref,start,away,event.transplant\n"
        "A,03/12/2026,12/13/2026..12/14/2026=x 1/2/2027,01/02/2025\n"
        "B,13/12/2026,02/03/2027|02/04/2027,2025-02-01\n"
    )
    ran = hairplan("batch p.csv -t smp -o x.jsonl")
    assert said(ran) == [
        "p.csv: CSV, separated by commas",
        "p.csv: column 'start': read as day/month/year, as its rows tell",
        "p.csv: column 'away': read as month/day/year, as its rows tell",
        "p.csv: 'event.transplant': day or month first? --dates dmy or --dates mdy says which",
        "row 1 (line 2): failed: event.transplant: '[...]' could be [...] or [...]: write the one"
        " that is meant",
        "2 rows: 1 plan, 0 refused, 1 failed; written to x.jsonl",
        "the rows that failed can be had in a form to correct and feed in again: --report FILE",
    ]
    assert json.loads(Path("x.jsonl").read_text())["start"] == "2026-12-13"
    ran = hairplan("batch p.csv -t smp -o y.jsonl --dates mdy")
    assert said(ran)[1:] == [
        "row 2 (line 3): failed: start: '[...]' is not a date in the order month/day/year",
        "2 rows: 1 plan, 0 refused, 1 failed; written to y.jsonl",
        "the rows that failed can be had in a form to correct and feed in again: --report FILE",
    ]


def test_a_list_in_json_is_told_by_its_rows_too(hairplan: Run) -> None:
    rows = (
        {"ref": "A", "start": "03/12/2026", "away": ["05/01/2027"]},
        {"ref": "B", "start": "13/12/2026", "away": "15/01/2027"},
    )
    Path("p.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    ran = hairplan("batch p.jsonl -t smp -o x.jsonl")
    assert ran.code == 0
    starts = [json.loads(line)["start"] for line in Path("x.jsonl").read_text().splitlines()]
    assert starts == ["2026-12-03", "2026-12-13"]


def test_the_clinic_says_the_order_once_for_everything(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("clinic.toml").write_text('dates = "dmy"\n')
    Path("p.csv").write_text("ref,start\nA,03/12/2026\n")
    ran = hairplan("batch p.csv -t smp -o x.jsonl --config clinic.toml")
    assert said(ran)[1:] == ["1 row: 1 plan, 0 refused, 0 failed; written to x.jsonl"]
    assert json.loads(Path("x.jsonl").read_text())["start"] == "2026-12-03"
    ran = hairplan("schedule smp --start 03/12/2026 -f json --config clinic.toml")
    assert json.loads(ran.out)["start"] == "2026-12-03"
    monkeypatch.setenv("HAIRPLAN_DATES", "mdy")
    ran = hairplan("schedule smp --start 12/03/2026 -f json --config clinic.toml")
    assert json.loads(ran.out)["start"] == "2026-12-03"
    ran = hairplan("due . --on 13/12/2026")
    assert errors(ran) == ["--on: '13/12/2026' is not a date in the order month/day/year"]
    monkeypatch.setenv("HAIRPLAN_DATES", "dym")
    ran = hairplan("schedule smp --start 12/03/2026")
    assert errors(ran) == ["HAIRPLAN_DATES: 'dym' is not dmy, mdy or ymd"]
    ran = hairplan("batch p.csv -t smp -o y.jsonl --dates dd")
    assert errors(ran) == ["--dates: 'dd' is not dmy, mdy or ymd"]


def test_a_list_without_days_is_not_read_twice(hairplan: Run) -> None:
    Path("p.csv").write_text("ref\nA\n")
    ran = hairplan("batch p.csv -t smp --start 2026-12-01 -o x.jsonl")
    assert ran.code == 0


def test_a_year_that_may_be_a_slip_is_asked_about(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,start,event.transplant\nA,2126-12-01,1825-01-01\n")
    ran = hairplan("batch p.csv -t smp -o x.jsonl --report bad.jsonl")
    assert json.loads(Path("bad.jsonl").read_text())["reason"] == [
        "start: 2126-12-01 is over 10 years from today, 2026-11-01: which year is meant?",
        "event.transplant: 1825-01-01 is before 1900: which year is meant?",
    ]
    assert "1825" not in ran.err


# ---- times and lengths ----


@pytest.mark.parametrize(
    ("typed", "at"),
    [("14h30", "14:30"), ("9h", "09:00"), ("14.30", "14:30"), ("1430", "14:30"),
     ("2:30 pm", "14:30")],
)  # fmt: skip
def test_a_time_is_read_alike_everywhere(hairplan: Run, typed: str, at: str) -> None:
    Path("p.csv").write_text(f"ref;start;time\nA;2026-12-01;{typed}\n")
    Path("clinic.toml").write_text(f'time = "{typed}"\n')
    Path("anna.toml").write_text(f'time = "{typed}"\n')
    for command in (
        "batch p.csv -t smp -o -",
        f"schedule smp --start 2026-12-01 -f json --time '{typed}'",
        "schedule smp --start 2026-12-01 -f json --config clinic.toml",
        "schedule smp --start 2026-12-01 -f json --patient anna.toml",
    ):
        assert json.loads(hairplan(command).out)["sessions"][0]["time"] == f"{at}:00", command


def test_a_time_that_is_none_is_named_by_its_place(hairplan: Run) -> None:
    Path("clinic.toml").write_text('time = "25:00"\n')
    Path("anna.toml").write_text('time = "24h"\n')
    ran = hairplan("schedule smp --config clinic.toml")
    assert errors(ran) == ["clinic.toml: time: '25:00' is not a time of day such as '14:30'"]
    ran = hairplan("schedule smp --patient anna.toml")
    assert errors(ran) == ["the patient's file: time: '24h' is not a time of day such as '14:30'"]


@pytest.mark.parametrize(
    ("typed", "minutes"), [("1h30", 90), ("90", 90), ("45 min", 45), ("1:30", 90), ("45m", 45)]
)
def test_a_length_is_read_alike_everywhere(hairplan: Run, typed: str, minutes: int) -> None:
    Path("p.csv").write_text(f"ref;start;duration\nA;2026-12-01;{typed}\n")
    Path("clinic.toml").write_text(f'duration = "{typed}"\n')
    written = hairplan("show smp --toml").out
    Path("own.toml").write_text(re.sub('duration = ".*"', f'duration = "{typed}"', written))
    for command in (
        "batch p.csv -t smp -o -",
        f"schedule smp --start 2026-12-01 -f json --duration '{typed}'",
        "schedule smp --start 2026-12-01 -f json --config clinic.toml",
        "schedule ./own.toml --start 2026-12-01 -f json",
    ):
        found = json.loads(hairplan(command).out)["sessions"][0]["duration"]
        assert duration_minutes(found) == minutes, command


# ---- answers ----


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("yes Y oui OUI o ja J si sí sì x X 1 true VRAI", "yes"),
        ("no N non nein 0 false Faux", "no"),
        ("unknown ? inconnu", "unknown"),
    ],
)
def test_an_answer_is_read_in_several_languages(words: str, answer: str) -> None:
    assert {read_answer(f" {word} ") for word in words.split()} == {answer}


@pytest.mark.parametrize(
    ("words", "sex"),
    [
        ("F f W femme Frau weiblich mujer donna féminin", "female"),
        ("M h homme Mann männlich hombre uomo masculin", "male"),
    ],
)
def test_a_sex_is_read_in_several_languages(words: str, sex: str) -> None:
    assert {read_sex(word) for word in words.split()} == {sex}


@pytest.mark.parametrize(
    ("typed", "answer"), [('"oui"', "yes"), ('"X"', "yes"), ("true", "yes"), ("0", "no")]
)
def test_an_answer_is_read_alike_everywhere(hairplan: Run, typed: str, answer: str) -> None:
    word = typed.strip('"')
    Path("p.csv").write_text(f"ref;start;sex;answer.minoxidil\nA;2026-12-01;homme;{word}\n")
    Path("anna.toml").write_text(f'sex = "homme"\n[answers]\nminoxidil = {typed}\n')
    start = "smp --start 2026-12-01"
    plans = [
        json.loads(hairplan(command).out)
        for command in (
            f"schedule {start} -f json --sex male --answer minoxidil={answer}",
            f"schedule {start} -f json --sex homme --answer minoxidil={word}",
            f"schedule {start} -f json --patient anna.toml",
            "batch p.csv -t smp -o -",
        )
    ]
    screened = [plan["screening"] for plan in plans]
    assert all(each == screened[0] for each in screened)


def test_every_answer_of_a_patient_s_file_that_is_none_is_named(hairplan: Run) -> None:
    Path("anna.toml").write_text('sex = "x"\n[answers]\nminoxidil = "maybe"\npregnancy = 7\n')
    assert errors(hairplan("schedule smp --patient anna.toml")) == [
        "anna.toml: answers.minoxidil: 'maybe' is not one of no, unknown, yes",
        "anna.toml: answers.pregnancy: 7 is not one of no, unknown, yes",
        "anna.toml: sex: 'x' is not 'female' or 'male'",
    ]


def test_what_a_treatment_does_not_ask_is_passed_over_and_counted(hairplan: Run) -> None:
    rows = "".join(f"B-{number};mesotherapy;01/12/2026;oui;non;\n" for number in range(14))
    Path("p.csv").write_text(
        "ref;treatment;start;answer.minoxidil;answer.pregnancy;event.transplant\n"
        f"A;smp;13/12/2026;x;;13/09/2025\nC;mesopecia;14/12/2026;;0;13/09/2025\n{rows}"
    )
    ran = hairplan("batch p.csv --out-dir plans -f json")
    assert (ran.code, said(ran)[-3:]) == (
        0,
        [
            "event.transplant: not asked by mesopecia, 1 row",
            "answer.minoxidil: not asked by mesotherapy, 14 rows",
            "16 rows: 16 plans, 0 refused, 0 failed; written to plans",
        ],
    )
    ran = hairplan("batch p.csv -o x.jsonl --quiet")
    assert (ran.code, ran.err) == (0, "")
    Path("one.csv").write_text("ref,start,answer.minoxidil\nA,2026-12-01,yes\n")
    ran = hairplan("batch one.csv -t mesotherapy --event transplant=2025-09-01 -o y.jsonl")
    assert said(ran)[1:] == [
        "answer.minoxidil: not asked by mesotherapy, 1 row",
        "event.transplant: not asked by mesotherapy, 1 row",
        "1 row: 1 plan, 0 refused, 0 failed; written to y.jsonl",
    ]


def test_what_no_treatment_asks_is_a_fault(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,start,answer.minoxydil\nA,2026-12-01,yes\n")
    [fault] = errors(hairplan("batch p.csv -t smp -o x.jsonl"))
    assert fault.startswith(
        "p.csv: column 'answer.minoxydil': smp has no answer 'minoxydil' (did you mean"
    )
    Path("p.jsonl").write_text(
        '{"ref": "A", "start": "2026-12-01"}\n'
        '{"ref": "B", "start": "2026-12-01", "answer": {"minoxydil": "yes"}}\n'
    )
    ran = hairplan("batch p.jsonl -t smp -o y.jsonl")
    assert "row 2 (line 2): failed: answer.minoxydil: no such question" in ran.err


# ---- columns ----

FRENCH = (
    "N° Dossier;Nom;Téléphone;Tel;Tel;Date de naissance;Soin;Date du RDV;Heure;Minoxidil\n"
    "D-1;Lefèvre;06 12 01;1;2;13/05/1980;Dermopigmentation;13/12/2026;14h30;oui\n"
    "D-2;Martin;06 01 20;3;4;01/06/1991;MICRONEEDLING;03/12/2026;9h;non\n"
)
SETTINGS = """
[columns]
"n° dossier" = "ref"
Soin = "treatment"
"date du rdv" = "start"
HEURE = "time"
[aliases]
dermopigmentation = "smp"
"""


def planned(path: str) -> list[tuple[str, str, str]]:
    plans = map(json.loads, Path(path).read_text().splitlines())
    return [(plan["ref"], plan["protocol"]["id"], plan["start"]) for plan in plans]


def test_columns_and_treatments_have_the_names_that_the_clinic_gives_them(hairplan: Run) -> None:
    Path("p.csv").write_bytes(FRENCH.encode("cp1252"))
    Path("clinic.toml").write_text(SETTINGS)
    listed = "batch p.csv --config clinic.toml --ignore-others"
    ran = hairplan(f"{listed} -o x.jsonl --map Minoxidil=answer.minoxidil")
    assert said(ran) == [
        "p.csv: CSV, separated by semicolons, in Windows-1252",
        "p.csv: column 'start': read as day/month/year, as its rows tell",
        "answer.minoxidil: not asked by microneedling, 1 row",
        "2 rows: 2 plans, 0 refused, 0 failed; written to x.jsonl",
    ]
    both = [("D-1", "smp", "2026-12-13"), ("D-2", "microneedling", "2026-12-03")]
    assert planned("x.jsonl") == both
    Path("p.xlsx").write_bytes(xlsx(A=[line.split(";") for line in FRENCH.splitlines()]))
    assert hairplan(f"{listed} -o y.jsonl".replace("p.csv", "p.xlsx")).code == 0
    assert planned("y.jsonl") == both
    keys, *rows = (line.split(";") for line in FRENCH.splitlines())
    rows_of_json = [dict(zip(keys, row, strict=True)) for row in rows]
    Path("p.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows_of_json))
    assert hairplan(f"{listed} -o z.jsonl".replace("p.csv", "p.jsonl")).code == 0
    assert planned("z.jsonl") == both


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("smp", "smp"),
        ("SMP", "smp"),
        ("scalp micropigmentation", "smp"),
        ("Dermo", "smp"),
        ("dèrmo ", "smp"),
        ("own course", "mine"),
        ("MINE", "mine"),
        ("x", "x"),
    ],
)
def test_a_treatment_is_named_by_its_name_its_id_or_an_alias(
    hairplan: Run, text: str, name: str
) -> None:
    hairplan("new mine")
    Path("protocols").mkdir()
    Path("mine.toml").rename("protocols/mine.toml")
    own = Path("protocols/mine.toml")
    own.write_text(re.sub('(?m)^name = ".*"', 'name = "Own course"', own.read_text(), count=1))
    settings = Settings(config=Config(aliases={"Dermo": "smp"}), protocols=Path("protocols"))
    assert treatment_named(text, settings) == name
    assert RowPlanner(today=TODAY, settings=settings).treatment_named(text) == name


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ("Soin", ["--map Soin: is not of the form NAME=COLUMN, such as Soin=treatment"]),
        ("=ref", ["--map =ref: is not of the form NAME=COLUMN, such as Soin=treatment"]),
        ("a=b=", ["--map a=b=: is not of the form NAME=COLUMN, such as Soin=treatment"]),
    ],
)
def test_a_meaning_has_a_form(hairplan: Run, given: str, faults: list[str]) -> None:
    Path("p.csv").write_text("ref,start\nA,2026-12-01\n")
    assert errors(hairplan(f"batch p.csv -t smp -o x.jsonl --map '{given}'")) == faults


def test_a_meaning_that_there_is_not_is_named_by_its_place(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,start\nA,2026-12-01\n")
    Path("clinic.toml").write_text('[columns]\nSoin = "treatmnt"\n[aliases]\ndermo = "smpp"\n')
    [alias] = errors(hairplan("batch p.csv -t smp -o x.jsonl --config clinic.toml"))
    assert alias.startswith("clinic.toml: aliases.dermo: 'smpp' is no treatment (did you mean")
    Path("clinic.toml").write_text('[columns]\nSoin = "treatmnt"\n')
    [fault] = errors(hairplan("batch p.csv -t smp -o x.jsonl --config clinic.toml"))
    assert fault.startswith(
        "clinic.toml: columns.Soin: column 'treatmnt': no such column (did you mean 'treatment'?);"
    )
    Path("clinic.toml").write_text('[aliases]\ndermo = "./own.toml"\n')
    assert hairplan("batch p.csv -t smp -o x.jsonl --config clinic.toml").code == 0


def test_an_option_comes_before_the_settings(hairplan: Run) -> None:
    Path("clinic.toml").write_text('[columns]\nA = "place"\nB = "start"\n')
    Path("p.csv").write_text("A,B\nX-1,2026-12-01\n")
    assert hairplan("batch p.csv -t smp -o x.jsonl --config clinic.toml --map a=ref").code == 0
    assert planned("x.jsonl") == [("X-1", "smp", "2026-12-01")]


def test_columns_that_mean_nothing_have_a_way_out(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,start,Nom\nA,2026-12-01,x\n")
    way_out = (
        "p.csv: --map NAME=COLUMN says what a column means, --guess proposes it, and"
        " --ignore-others passes over the rest"
    )
    assert errors(hairplan("batch p.csv -t smp -o x.jsonl"))[-1] == way_out
    Path("q.csv").write_text("ref,start,answer.nothing\nA,2026-12-01,x\n")
    ran = hairplan("batch q.csv -t smp -o x.jsonl --ignore-others")
    assert errors(ran)[0].startswith("q.csv: column 'answer.nothing': smp has no answer 'nothing'")


ABOVE = "# for the clinic's settings, hairplan.toml, above its first [table]\n"


def test_a_guess_is_settings_to_paste(hairplan: Run) -> None:
    Path("p.csv").write_bytes(FRENCH.encode("cp1252"))
    ran = hairplan("batch p.csv --guess")
    assert (ran.code, ran.out) == (
        0,
        f"""{ABOVE}dates = "dmy"

[columns]
"N° Dossier" = "ref"
"Soin" = "treatment"
"Date du RDV" = "start"
"Heure" = "time"
"Minoxidil" = "answer.minoxidil"
"Nom" = ""
"Téléphone" = ""
"Tel" = ""
"Date de naissance" = ""

[aliases]
# "Dermopigmentation" =
""",
    )
    text = ran.out.replace('# "Dermopigmentation" =', 'Dermopigmentation = "smp"')
    Path("clinic.toml").write_text(text)
    assert hairplan("batch p.csv --config clinic.toml -o x.jsonl").code == 0
    assert [ref for ref, _, _ in planned("x.jsonl")] == ["D-1", "D-2"]


def test_a_column_without_a_meaning_is_passed_over(hairplan: Run) -> None:
    Path("clinic.toml").write_text('[columns]\n"Téléphone" = ""\n"Patient" = ""\n')
    Path("p.csv").write_text("ref,start,telephone,Patient\nA,2026-12-01,1,Anna\n")
    assert hairplan("batch p.csv -t smp --config clinic.toml -o x.jsonl").code == 0
    assert planned("x.jsonl") == [("A", "smp", "2026-12-01")]


def test_a_column_that_another_one_means_is_not_passed_over_by_its_name(hairplan: Run) -> None:
    Path("clinic.toml").write_text('[columns]\n"Sex" = ""\n"Geschlecht" = "sex"\n')
    Path("p.csv").write_text("ref,start,Geschlecht\nA,2026-12-01,maybe\n")
    ran = hairplan("batch p.csv -t smp --config clinic.toml -o x.jsonl")
    assert "failed: Geschlecht (sex): '[...]' is not female or male" in ran.err
    Path("q.csv").write_text("ref,start,Geschlecht,Sex\nA,2026-12-01,Frau,?\n")
    assert errors(hairplan("batch q.csv -t smp --config clinic.toml -o y.jsonl")) == [
        "q.csv: column 'sex' is there twice"
    ]


def test_a_column_that_comes_twice_is_passed_over_twice(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,start,Tel,Tel\nA,2026-12-01,1,2\n")
    assert hairplan("batch p.csv -t smp -o x.jsonl --ignore tel").code == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'Patientennummer,Behandlung,Termin,"Say ""x"""\nA,microneedeling,2026-12-01,\n',
            '[columns]\n"Patientennummer" = "ref"\n"Behandlung" = "treatment"\n"Termin" = "start"'
            '\n"Say \\\\"x\\\\"" = ""\n\n[aliases]\n"microneedeling" = "microneedling"\n',
        ),
        ("Ref;START;Kabine\nA;2026-12-01;2\n", '[columns]\n"Kabine" = ""\n'),
        ("Ref;START;Patient\nA;2026-12-01;Anna\n", '[columns]\n# "Patient" = ""\n'),
        # Facts of a patient are never passed over unseen.
        (
            "Ref;START;Schwanger;Pregnant;Greffe;Born;Note;Geburtstag\n"
            "A;2026-12-01;ja;0;13/12/2025;1er mai 1980;x;13/12/1980\n"
            "A;2026-12-01;;x;;;13/12/1980;\n",
            '[columns]\n# "Schwanger" = "answer.NAME"\n# "Pregnant" = "answer.pregnancy"\n'
            '# "Greffe" = "event.NAME"\n# "Born" = "event.NAME"\n"Note" = ""\n'
            '"Geburtstag" = ""\n',
        ),
        (
            "Ref;START;Transplant\nA;2026-12-01;2025-12-01\n",
            '[columns]\n"Transplant" = "event.transplant"\n',
        ),
        (
            "Ref;START;Transplant\nA;2026-12-01;non\n",
            '[columns]\n"Transplant" = "answer.transplant"\n',
        ),
        ("Chart;Room;;\nA;1;;2\n", '[columns]\n"Chart" = "ref"\n"Room" = "place"\n'),
        ('{"Dossier": "A", "date": "x"}\n', '[columns]\n"dossier" = "ref"\n"date" = "start"\n'),
    ],
)
def test_what_a_guess_leaves_out(hairplan: Run, text: str, expected: str) -> None:
    name = "p.jsonl" if text.startswith("{") else "p.csv"
    Path(name).write_text(text)
    assert hairplan(f"batch {name} --guess").out == ABOVE + expected.replace("\\\\", "\\")


def test_names_that_could_be_patients_are_not_taken_for_treatments(hairplan: Run) -> None:
    names = "".join(f"A-{number};Name {number};2026-12-01\n" for number in range(13))
    Path("p.csv").write_text(f"Dossier;Soin;Date\n{names}")
    assert "Name" not in hairplan("batch p.csv --guess").out


def test_what_cannot_be_guessed_is_said(hairplan: Run) -> None:
    Path("p.csv").write_text("Anna;Smith\nBea;Black\n")
    assert errors(hairplan("batch p.csv --guess")) == [
        "p.csv: none of its columns could be guessed"
    ]


def test_a_letter_that_could_be_either_sex_is_not_guessed(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,start,sex\nA,2026-12-01,h\nB,2026-12-01,M\n")
    fault = "p.csv: column 'sex': has both H and M: write female and male"
    assert errors(hairplan("batch p.csv -t smp -o x.jsonl")) == [fault]
    assert errors(hairplan("batch p.csv -t smp -o x.jsonl --dates dmy")) == [fault]
    Path("p.csv").write_text("ref,start,sex\nA,2026-12-01,h\nB,2026-12-01,F\n")
    assert hairplan("batch p.csv -t smp -o x.jsonl").code == 0


# ---- what is wrong ----


def test_a_neighbouring_cell_betrays_nothing(hairplan: Run) -> None:
    Path("p.csv").write_text(
        "ref;start;Telephone;away\nA-06;06/01/2027;06 12 01 27;2027-01-06..x\n"
        "B;06/01/2027;(6 January);2027\n"
    )
    ran = hairplan("batch p.csv -t smp -o x.jsonl --ignore-others")
    assert said(ran)[2:5] == [
        "rows 1, 2 (lines 2, 3): failed: start: '[...]' could be [...] or [...]: write the one"
        " that is meant",
        "row 1 (line 2): failed: away: '[...]' is not a date such as 2026-12-01, today, tomorrow,"
        " +2w or next tuesday",
        "row 2 (line 3): failed: away: '[...]' is not a date such as 2026-12-01, today, tomorrow,"
        " +2w or next tuesday; several days are written 2026-12-24..2027-01-02",
    ]


@given(
    st.sampled_from(["start", "time", "duration", "age", "sex", "away", "answer.pregnancy",
                     "sessions", "spacing", "zone", "closed", "holidays", "event.transplant"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
)  # fmt: skip
def test_no_message_holds_what_a_cell_does(column: str, text: str) -> None:
    cell = f"Zq{text}7731 Xw"
    row = {"ref": "A-7731", "start": "2026-12-01", "phone": "77 31", column: cell}
    planner = RowPlanner(today=TODAY, treatment="smp", passed_over=PassedOver(others=True))
    with pytest.raises(InputError) as error:
        planner.plan(row)
    for fault in redact_reasons(error.value.faults, row):
        assert fault.startswith(column)
        assert "Zq" not in fault
        assert "7731" not in fault
        assert "Xw" not in fault


def test_the_same_fault_is_said_once_with_its_rows(hairplan: Run) -> None:
    bad = {2, 3, 4, 7, 11, 12}
    rows = "".join(
        f"P-{number};{'soon' if number in bad else '2026-12-01'};{'x' if number == 7 else ''}\n"
        for number in range(1, 13)
    )
    Path("p.csv").write_text(f"Dossier;Date du RDV;Heure\n{rows}")
    means = "--map Dossier=ref --map 'date du rdv=start' --map heure=time"
    ran = hairplan(f"batch p.csv -t smp -o x.jsonl {means}")
    assert said(ran)[1:] == [
        "rows 2 to 4, 7 and 11, 12 (lines 3 to 5, 8 and 12, 13): failed: Date du RDV (start):"
        " '[...]' is not a date such as 2026-12-01, today, tomorrow, +2w or next tuesday",
        "row 7 (line 8): failed: Heure (time): '[...]' is not a time of day such as '14:30'",
        "12 rows: 6 plans, 0 refused, 6 failed; written to x.jsonl",
        "the rows that failed can be had in a form to correct and feed in again: --report FILE",
    ]


def test_many_rows_are_not_all_named(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"P-{n};{'soon' if n % 2 else '2026-12-01'};{n}\n" for n in range(1, 41))
    Path("p.csv").write_text(f"ref;start;age\n{rows}")
    ran = hairplan("batch p.csv -t smp -o x.jsonl")
    assert said(ran)[1].startswith(
        "rows 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and 8 more (lines 2, 4, 6, 8, 10, 12, 14,"
        " 16, 18, 20, 22, 24 and 8 more): failed: start: "
    )
    # Very many faults are said as they come.
    monkeypatch.setattr(batch_faults, "_MOST_FAULTS", 1)
    ran = hairplan("batch p.csv -t smp -o y.jsonl")
    assert len([line for line in said(ran) if line.startswith("row ")]) == 20


# ---- reports ----


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("cp1252", ";"), ("utf-16", "\t"), ("utf-8", ","), ("utf-8-sig", ";")],
)
def test_a_report_comes_back_in_the_form_that_came_in(
    hairplan: Run, encoding: str, delimiter: str
) -> None:
    text = (
        "Dossier;Nom;Nom;Soin;Date\r\nD-1;Lefèvre;Zoé;smp;13/12/2026\r\n"
        "D-2;Né;;smp;bientôt\r\nD-3;\r\n"
    ).replace(";", delimiter)
    Path("p.csv").write_bytes(text.encode(encoding))
    Path("clinic.toml").write_text(
        'dates = "dmy"\n[columns]\ndossier = "ref"\nsoin = "treatment"\ndate = "start"\n'
    )
    run = "--config clinic.toml --ignore-others"
    ran = hairplan(f"batch p.csv -o x.jsonl --report bad.csv {run}")
    assert ran.code == 1
    data = Path("bad.csv").read_bytes()
    rows = list(csv.reader(io.StringIO(data.decode(encoding)), delimiter=delimiter))
    assert rows[0] == ["row", "reason", "line", "Dossier", "Nom", "Nom", "Soin", "Date"]
    assert rows[1][0] == "2"
    assert rows[1][2:] == ["", "D-2", "Né", "", "smp", "bientôt"]
    assert rows[2][2:] == [f"D-3{delimiter}", "", "", "", "", ""]
    # Corrected, it is a list again, and its own report is of the same form.
    bare = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    corrected = data.replace("bientôt".encode(bare), "14/12/2026".encode(bare))
    Path("again.csv").write_bytes(corrected)
    ran = hairplan(f"batch again.csv -o y.jsonl --report bad.csv --force {run}")
    assert planned("y.jsonl") == [("D-2", "smp", "2026-12-14")]
    head = Path("bad.csv").read_bytes().decode(encoding).splitlines()[0]
    assert head.split(delimiter) == rows[0]


def test_a_report_of_a_spreadsheet_is_a_csv_that_spreadsheets_read(hairplan: Run) -> None:
    Path("p.xlsx").write_bytes(xlsx(A=[["Ref", "Start"], ["Zoé", "bientôt"]]))
    hairplan("batch p.xlsx -t smp -o x.jsonl --refused no.csv --report bad.csv")
    data = Path("bad.csv").read_bytes()
    assert data.startswith(codecs.BOM_UTF8)
    assert data.decode("utf-8-sig").splitlines()[0] == "row,reason,line,Ref,Start"
    assert Path("no.csv").read_bytes() == b""


def test_rows_of_json_come_back_as_json(hairplan: Run) -> None:
    Path("p.jsonl").write_text('{"ref": "A", "start": "x"}\n')
    assert errors(hairplan("batch p.jsonl -t smp -o x.jsonl --report bad.csv")) == [
        "bad.csv: rows of JSON Lines come back as JSON Lines: name it .jsonl"
    ]


def test_a_report_in_csv_is_replaced_by_a_batch_that_goes_on(hairplan: Run) -> None:
    Path("p.csv").write_text("ref;start\nA;x\n")
    run = "batch p.csv -t smp --out-dir plans --report bad.csv"
    hairplan(run)
    assert errors(hairplan(run)) == ["bad.csv: exists already: choose another name, or --force"]
    assert hairplan(f"{run} --resume").code == 1


# ---- the same twelve patients ----


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("country", ["french", "german", "american"])
def test_the_same_patients_have_the_same_plans_in_every_country(
    hairplan: Run, country: str, form: str
) -> None:
    lists = Path(__file__).parent.parent / "examples" / "lists"
    run = f"batch {lists / country}.{form} --config {lists / country}.toml"
    ran = hairplan(f"{run} --zone Europe/Paris -o {country}.jsonl")
    assert (ran.code, said(ran)[-1]) == (
        0,
        f"12 rows: 12 plans, 0 refused, 0 failed; written to {country}.jsonl",
    )
    first = f"batch {lists / 'french'}.csv --config {lists / 'french'}.toml"
    hairplan(f"{first} --zone Europe/Paris -o first.jsonl")
    assert Path(f"{country}.jsonl").read_bytes() == Path("first.jsonl").read_bytes()
    assert [ref for ref, _, _ in planned("first.jsonl")] == [f"D-{n}" for n in range(101, 113)]
