"""Lists of patients as they come: from spreadsheets, scripts and people in a hurry."""

import io
import json
from datetime import date
from typing import Any

import pytest
from conftest import TODAY
from hypothesis import given
from hypothesis import strategies as st

from hairplan import HairplanError, InputError, PlanRequest, RowPlanner, load_protocol, make_plan
from hairplan.batch import patient_list
from hairplan.batch.columns import (
    find_header_faults,
    find_missing_columns,
    options_of_row,
    render_template,
)
from hairplan.batch.masking import redact_reasons
from hairplan.batch.patient_list import ListForm, PatientList, Row, open_list, read_cells
from hairplan.batch.report import render_report_line
from hairplan.batch.row_index import RowIndex, safe_file_name
from hairplan.clinic.options import RequestOptions

SMP = load_protocol("smp")
PLANNER = RowPlanner(today=TODAY, treatment="smp")


def read(data: bytes | str, form: ListForm | None = None) -> PatientList:
    text = data.encode() if isinstance(data, str) else data
    return open_list(io.BytesIO(text), form, "list")


def read_rows(data: bytes | str, form: ListForm | None = None) -> list[tuple[int, int, Any]]:
    """Return the rows of a list: number, line, and what they hold or why they cannot be read."""
    return [
        (row.number, row.line, row.faults[0] if row.faults else row.content)
        for row in read(data, form).rows
    ]


def faults_of(error: pytest.ExceptionInfo[HairplanError]) -> tuple[str, ...]:
    return error.value.faults


# ---- CSV ----


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("ref,start\nA,1\n", ","),
        ("ref;start\nA;1\n", ";"),
        ("ref\tstart\nA\t1\n", "\t"),
        ("ref\nA\n", ","),
        ('"ref";"start"\nA;1\n', ";"),
    ],
)
def test_what_separates_the_cells_is_seen_from_the_header(text: str, delimiter: str) -> None:
    listing = read(text)
    assert (listing.form, listing.delimiter) == ("csv", delimiter)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ref,start\nA,1\nB,2\n", [
            (1, 2, {"ref": "A", "start": "1"}), (2, 3, {"ref": "B", "start": "2"})]),
        ("\ufeffref,start\r\nA,1\r\n", [(1, 2, {"ref": "A", "start": "1"})]),
        ("\n\nref,start\n\nA,1\n,\n\nB,2", [
            (1, 5, {"ref": "A", "start": "1"}), (2, 8, {"ref": "B", "start": "2"})]),
        (" Ref ,START\nA,1\n", [(1, 2, {"ref": "A", "start": "1"})]),
        ('ref,place\nA,"1\n2, ""x"""\nB,y\n', [
            (1, 2, {"ref": "A", "place": '1\n2, "x"'}), (2, 4, {"ref": "B", "place": "y"})]),
        ("ref,start,,\nA,1,,\n", [(1, 2, {"ref": "A", "start": "1"})]),
        ("ref,on_late\nA,1\n", [(1, 2, {"ref": "A", "on-late": "1"})]),
    ],
)  # fmt: skip
def test_the_rows_of_csv_are_read(text: str, expected: list[tuple[int, int, Any]]) -> None:
    assert read_rows(text) == expected


def test_a_row_that_cannot_be_read_is_a_row_with_a_reason() -> None:
    text = 'ref,start\nA\nB,1,x\n"C"x,2\nD,4\n"E,5\nF,6\n'
    listing = list(read(text).rows)
    width = "a cell with the delimiter in it stands in quotation marks"
    assert [(row.number, row.line, row.content, row.faults) for row in listing] == [
        (1, 2, {"line": "A"}, (f"1 cell under a header of 2: {width}",)),
        (2, 3, {"line": "B,1,x"}, (f"3 cells under a header of 2: {width}",)),
        (3, 4, {"line": '"C"x,2'}, ("no CSV: ',' expected after '\"'",)),
        (4, 5, {"ref": "D", "start": "4"}, ()),
        (
            5,
            6,
            {"line": '"E,5\nF,6'},
            ("a quotation mark is never closed, and takes all that follows with it",),
        ),
    ]


def test_a_cell_of_ten_megabytes_stops_no_other_row() -> None:
    text = f"ref,place\nA,{'x' * 10_000_000}\nB,y\n"
    first, second = read(text).rows
    with pytest.raises(InputError) as error:
        read_cells(first.content)
    assert faults_of(error) == ("place: 10000000 characters; at most 10000 make sense",)
    assert second.content == {"ref": "B", "place": "y"}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_line_without_an_end_stops_no_other_row(
    form: ListForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_list, "_MOST_IN_A_LINE", 64)
    row = "B,y\n" if form == "csv" else '{"ref": "B"}\n'
    head = "ref,place\n" if form == "csv" else ""
    rows = list(read(f"{head}{row}{'x' * 300}\n{row}", form).rows)
    assert [row.faults for row in rows] == [
        (),
        ("longer than 16 MiB, which no row of a list is",),
        (),
    ]
    assert [row.number for row in rows] == [1, 2, 3]
    assert rows[2].line == rows[0].line + 2
    with pytest.raises(InputError) as error:
        read("x" * 300)
    assert faults_of(error) == ("list: line 1 is longer than 16 MiB, which no row of a list is",)


def test_a_cell_over_many_lines_is_too_long_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_list, "_MOST_IN_A_LINE", 64)
    listing = read_rows('ref,place\nA,"' + "x\n" * 40 + "B,y\n")
    assert listing[0][2] == "a cell that is too long: is a quotation mark never closed?"
    assert listing[-1][2] == {"ref": "B", "place": "y"}


@pytest.mark.parametrize(
    ("data", "form", "fault"),
    [
        (b"", None, "is empty: a list has a header and a row for each plan"),
        (b"\n \n", None, "is empty: a list has a header and a row for each plan"),
        (b"\xef\xbb\xbf\n", None, "is empty: a list has a header and a row for each plan"),
        (b"ref,start\n", None, "has a header and no rows"),
        (b"ref,start\n,\n", None, "has a header and no rows"),
        ("ref,start".encode("utf-16"), None, "has a header and no rows"),
        (b'[{"ref": "A"}]', None, "a JSON array: give JSON Lines, an object a line, or CSV"),
        (b'"ref"x,start\nA,1\n', None,
         "the header is no CSV: ',' expected after '\"'"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(data: bytes, form: ListForm | None, fault: str) -> None:
    with pytest.raises(InputError) as error:
        list(read(data, form).rows)
    assert faults_of(error) == (f"list: {fault}",)


def test_damaged_bytes_spoil_their_row_alone() -> None:
    listing = list(read("ref,place\nA,café\n".encode() + b"B,caf\xe9\nC,y\n").rows)
    with pytest.raises(InputError) as error:
        read_cells(listing[1].content)
    assert faults_of(error) == (
        "place: holds bytes that are no UTF-8 text, as the rest of the list is",
    )
    line = render_report_line(listing[1], ["x"])
    assert json.loads(line)["place"].encode("utf-8", "surrogateescape") == b"caf\xe9"
    assert [row.content["place"] for row in (listing[0], listing[2])] == ["café", "y"]


# ---- JSON Lines ----


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"ref": "A", "sessions": 3}', {"ref": "A", "sessions": 3}),
        ('{"ref": "A"', "not valid JSON: column 12: Expecting ',' delimiter"),
        ("[1]", "not an object, in { }"),
        ('{"ref": 1, "ref": 2}', "twice in one object: ref"),
        ('{"ref": 1, "answer": {"x": 1, "x": 2}}', "twice in one object: x"),
        ('{"ref": 1, "Ref": 2}', "twice in one object: ref"),
        (f'{{"age": {"9" * 5000}}}', "not valid JSON: a number or a nesting without measure"),
        ("[" * 100_000, "not valid JSON: a number or a nesting without measure"),
    ],
)
def test_the_rows_of_json_lines_are_read(line: str, expected: object) -> None:
    listing = read_rows(f'{{"ref": "0"}}\n\n{line}\n{{"ref": "B"}}\n')
    assert listing == [(1, 1, {"ref": "0"}), (2, 3, expected), (3, 4, {"ref": "B"})]


def test_the_header_of_json_lines_is_the_first_row() -> None:
    listing = read('{"ref": "A", "Answer": {"minoxidil": "yes"}}')
    assert listing.header == ("ref", "answer.minoxidil")
    assert (listing.form, listing.delimiter) == ("jsonl", None)


def test_json_lines_without_rows_are_refused() -> None:
    with pytest.raises(InputError) as error:
        read(" \n", "jsonl")
    assert faults_of(error) == ("list: is empty: a list has a header and a row for each plan",)


# ---- the header ----


@pytest.mark.parametrize(
    ("header", "faults"),
    [
        (["ref", "start", "answer.minoxidil", "sessions.course", "figure.x", "on-late"], []),
        (["ref", "row", "reason", "line", "treatment"], []),
        (["ref", "ref", "ref"], ["column 'ref' is there 3 times"]),
        (["ref", "time", "ref"], ["column 'ref' is there twice"]),
        ([""], ["a column has no name: name it, or remove it"]),
        (["answer.minoxydil"], [
            "column 'answer.minoxydil': smp has no answer 'minoxydil'"
            f" (did you mean 'answer.minoxidil'?); there are: {', '.join(sorted(SMP.questions))}"]),
        (["option.x"], ["column 'option.x': smp has no option 'x'"]),
    ],
)  # fmt: skip
def test_a_header_says_what_is_wrong_with_it(header: list[str], faults: list[str]) -> None:
    assert find_header_faults(header, [SMP]) == faults


@pytest.mark.parametrize(
    ("name", "meant"),
    [("strat", "start"), ("start.x", "start"), ("answer.", "answer"), ("diagnosis", "")],
)
def test_an_unknown_column_is_said_with_those_that_there_are(name: str, meant: str) -> None:
    [fault] = find_header_faults([name], [SMP])
    hint = f" (did you mean '{meant}'?)" if meant else ""
    known = "there are: ref, treatment, start, sessions, "
    assert fault.startswith(f"column '{name}': no such column{hint}; {known}")


@pytest.mark.parametrize(
    ("header", "given", "treatment", "missing"),
    [
        ([], RequestOptions(), None, ["ref", "treatment", "start"]),
        (["ref", "treatment", "start"], RequestOptions(), None, []),
        (["ref"], RequestOptions(start="today"), "smp", []),
    ],
)
def test_a_missing_column_is_said(
    header: list[str], given: RequestOptions, treatment: str | None, missing: list[str]
) -> None:
    said = {
        "ref": "column 'ref' is missing: the clinic's reference of each patient",
        "treatment": "column 'treatment' is missing: or give --treatment for all rows",
        "start": "column 'start' is missing: or give --start for all rows",
    }
    assert list(find_missing_columns(header, given, treatment)) == [said[name] for name in missing]


# ---- what a row asks for ----

ALL = RequestOptions(
    start="2026-12-01",
    time="9:00",
    away=["2027-01-01"],
    closed=["sun"],
    answer=["minoxidil=no", "pregnancy=no"],
    sessions=["course=2"],
)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, {}),
        ({"start": "2027-01-01", "time": "10:00"}, {"start": "2027-01-01", "time": "10:00"}),
        ({"away": "2027-02-01|2027-03-01"}, {"away": ["2027-01-01", "2027-02-01", "2027-03-01"]}),
        ({"closed": "sat|sun"}, {"closed": ["sat", "sun"]}),
        ({"closed": "none"}, {"closed": ["none"]}),
        ({"answer.minoxidil": "yes"}, {"answer": ["pregnancy=no", "minoxidil=yes"]}),
        ({"answer": "minoxidil=yes|x=no"}, {"answer": ["pregnancy=no", "minoxidil=yes", "x=no"]}),
        ({"answer": ["a=yes", "b=no"]}, {"answer": [
            "minoxidil=no", "pregnancy=no", "a=yes", "b=no"]}),
        ({"event.x": "2026-01-01|2026-02-01"}, {"event": ["x=2026-01-01", "x=2026-02-01"]}),
        ({"override.x": "a|b"}, {"override": ["x=a|b"]}),
        ({"place": "a|b", "ref": "c|d"}, {"place": "a|b", "ref": "c|d"}),
        ({"sessions": "3"}, {"sessions": ["3"]}),
        ({"sessions.course": "3"}, {"sessions": ["course=3"]}),
        ({"on-late": "restart"}, {"on_late": "restart"}),
        ({"treatment": "smp", "row": "1", "reason": ["x"]}, {}),
    ],
)  # fmt: skip
def test_a_cell_is_an_option_of_its_row(cells: dict[str, Any], expected: dict[str, Any]) -> None:
    asked = options_of_row(cells, ALL)
    assert {
        name: getattr(asked, name)
        for name in RequestOptions.__struct_fields__
        if getattr(asked, name) != getattr(ALL, name)
    } == expected


def test_several_values_of_what_there_is_once_are_refused() -> None:
    with pytest.raises(InputError) as error:
        options_of_row(
            {"time": ["9:00", "10:00"], "on-late": ["a", "b"], "colour": "red"}, RequestOptions()
        )
    unknown, *rest = faults_of(error)
    assert unknown.startswith("column 'colour': no such column")
    assert rest == [
        "time: 2 values, and there can be one",
        "on-late: 2 values, and there can be one",
    ]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ({"a": 1.5}, ("a: is neither a text nor a whole number",)),
        ({"a": True, "b": [None]}, (
            'a: true and false are no texts: an answer is "yes", "no" or "unknown"',
            "b: is neither a text nor a whole number")),
        ({"a": [["x"]]}, ("a: a list in a list",)),
        ({"a": {"b": 1.5}, "c": 1.5}, (
            "a.b: is neither a text nor a whole number",
            "c: is neither a text nor a whole number")),
        ({"a": "x\0y"}, ("a: holds a NUL character",)),
    ],
)  # fmt: skip
def test_a_cell_that_is_no_text_is_refused(
    content: dict[str, Any], faults: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as error:
        read_cells(content)
    assert faults_of(error) == faults


def test_what_is_empty_or_ignored_is_not_there() -> None:
    content = {"a": "", "b": None, "c": " ", "d": 1.5, "e": " x ", "f": 3, "g": ["x ", 1], "h": []}
    assert read_cells(content, ["d"]) == {"e": "x", "f": "3", "g": ["x", "1"]}
    assert read_cells({"answer": {"Minoxidil": "yes", "x": ""}}) == {"answer.minoxidil": "yes"}


# ---- a row and its plan ----


def test_a_row_makes_the_plan_of_its_request() -> None:
    row = {
        "ref": "A-17", "start": "2026-12-01", "time": "14:30", "zone": "Europe/Paris",
        "sessions": "2", "away": "2026-12-10..2026-12-14=travel", "answer.minoxidil": "yes",
        "event.transplant": "2025-01-01", "sex": "male", "age": 40,
    }  # fmt: skip
    plan = PLANNER.plan(row)
    assert plan.ref == "A-17"
    assert [str(session.planned) for session in plan.sessions if session.phase == "course"] == [
        "2026-12-01",
        "2026-12-15",
    ]


@given(
    st.dates(date(2026, 11, 1), date(2030, 1, 1)),
    st.sampled_from(["smp", "microneedling", "mesopecia", "mesotherapy"]),
    st.sampled_from(["yes", "no", "unknown", ""]),
    st.text(min_size=1, max_size=8).filter(lambda ref: ref.isprintable() and ref.strip() == ref),
)
def test_a_row_plans_as_a_request_does(start: date, treatment: str, answer: str, ref: str) -> None:
    row = {"ref": ref, "treatment": treatment, "start": str(start), "answer.pregnancy": answer}
    answers: Any = {"pregnancy": answer} if answer else {}
    request = PlanRequest(start=start, ref=ref, answers=answers)
    assert PLANNER.plan(row) == make_plan(load_protocol(treatment), request, today=TODAY)


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        ({"ref": "A", "start": "2026-12-01", "treatment": "smpp"}, [
            "treatment: no 'smpp' (did you mean 'smp'?); there are: mesopecia, mesotherapy,"
            " microneedling, smp; a file is named with its path, such as ./own.toml"]),
        ({"ref": "A", "start": "03/04/2026", "sessions": "x", "answer.pregnancy": "maybe"}, [
            "start: '03/04/2026' could be 2026-03-04 (4 March) or 2026-04-03 (3 April): write the"
            " one that is meant",
            "sessions: 'x' is not a whole number of 0 or more, such as 3",
            "answer.pregnancy: 'maybe' is not yes, no or unknown"]),
        ({"ref": "A", "start": "46357"}, [
            "start: '46357' is a number, as spreadsheets keep dates: write the date, such as"
            " 2026-12-01"]),
        ({"ref": " ", "answer": "pregnancy=maybe"}, [
            "ref: is empty: the clinic's reference of the patient",
            "start: is empty: the day of the first session",
            "answer pregnancy: 'maybe' is not yes, no or unknown"]),
        ({"start": "2026-12-01"}, ["ref: is empty: the clinic's reference of the patient"]),
        ({"line": "A;x"}, ["line: the row could not be taken apart: write its columns here"]),
        ({"ref": "A", "start": "2026-12-01", "sessions": 40}, [
            "sessions.course: 40 is not allowed: 1..6 (default)"]),
    ],
)  # fmt: skip
def test_a_row_says_all_that_is_wrong_with_it(row: dict[str, Any], faults: list[str]) -> None:
    with pytest.raises(InputError) as error:
        PLANNER.plan(row)
    assert list(faults_of(error)) == faults


def test_a_row_without_any_treatment_is_refused() -> None:
    with pytest.raises(InputError) as error:
        RowPlanner(today=TODAY).plan({"ref": "A", "start": "2026-12-01"})
    assert faults_of(error) == ("treatment: is empty: a treatment's name, or a protocol file",)


@pytest.mark.parametrize("name", ["smp", "microneedling", "mesopecia", "mesotherapy"])
def test_the_example_row_is_a_good_one(name: str) -> None:
    protocol = load_protocol(name)
    listing = read(render_template(name, protocol))
    assert find_header_faults(listing.header, [protocol]) == []
    [row] = listing.rows
    assert RowPlanner(today=TODAY).plan(row.content).problem is None


# ---- names ----


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        ("A-17", "A-17"),
        ("../../etc/passwd", "etc_passwd-3754d6cb"),
        ("=cmd|' /C calc'!A0", "cmd_C_calc_A0-b3c49727"),
        ("x" * 100, "x" * 100),
        ("x" * 300, f"{'x' * 60}-c0ea86e2"),
        ("con", "con-1143da2b"),
        ("Nul.txt", "Nul_txt-"),
        ("...", "patient-ab5df625"),
        ("a.", "a-"),
        (".hidden", "hidden-"),
        ("Zoé", "Zo-"),
    ],
)
def test_a_reference_makes_a_safe_file_name(ref: str, name: str) -> None:
    assert safe_file_name(ref).startswith(
        name.partition("-")[0] if name.endswith("-") else name[:8]
    )
    assert len(safe_file_name(ref)) <= 100
    assert safe_file_name(ref) == ref or len(safe_file_name(ref).rpartition("-")[2]) == 8


@given(st.lists(st.text(min_size=1, max_size=5), max_size=12), st.booleans())
def test_no_two_rows_have_the_same_name_on_any_disk(refs: list[str], by_ref: bool) -> None:  # noqa: FBT001
    index = RowIndex(by_ref=by_ref)
    names = [index.name(number, ref, "smp")[0] for number, ref in enumerate(refs, 1)]
    assert len({name.casefold() for name in names}) == len(refs)
    again = RowIndex(by_ref=by_ref)
    assert names == [again.name(number, ref, "smp")[0] for number, ref in enumerate(refs, 1)]
    index.close()
    again.close()


def test_a_name_that_another_reference_has_is_not_given_again() -> None:
    index = RowIndex(by_ref=True)
    names = [index.name(number, ref, "smp")[0] for number, ref in enumerate(["A", "A-2", "A"], 1)]
    assert names[:2] == ["A", "A-2"]
    assert names[2].startswith("A-2-")
    index.close()


# ---- what is said of a row ----


@pytest.mark.parametrize(
    ("reason", "content", "said"),
    [
        ("start: 'x' is not a date", {"start": "x"}, "start: '[...]' is not a date"),
        ("sessions: 40 is not within 1..6", {"sessions": 40}, "sessions: [...] is not within 1..6"),
        ("from 2027-01-01 (1 January) on", {}, "from [...] on"),
        ("start: 'x' is no date such as 2026-12-01", {"ref": "start", "place": "no"},
         "start: '[...]' is no date such as 2026-12-01"),
        ("start: '2026 Bob' is no date, such as 2026-12-01", {"start": "2026 Bob"},
         "start: '[...]' is no date, such as 2026-12-01"),
        ("treatment: no 'Anna Smith' (did you mean 'smp'?); there are: smp", {"ref": "Anna"},
         "treatment: no '[...]' (did you mean 'smp'?); there are: smp"),
        ("/home/Anna Smith.toml: cannot be read", {"treatment": "/home/Anna Smith.toml"},
         "[...]: cannot be read"),
        ("answer pregnancy: 'maybe' is not yes", {}, "answer pregnancy: '[...]' is not yes"),
        ("answers.HIV-state: no such question", {"answer": "HIV-state=yes,no"},
         "answers.[...]: no such question"),
        ("plans/A-17.ics: exists", {"ref": "A-17"}, "plans/[...].ics: exists"),
        ("b9 and 7", {"row": 7, "x": "b9"}, "[...] and 7"),
        ("b9 and c", {"x": ["b9", "c"], "y": {"z": "b"}}, "[...] and c"),
        ("line: the row could not", {"line": "A;1", "reason": ["line: the row could not"]},
         "line: the row could not"),
    ],
)  # fmt: skip
def test_a_reason_is_said_without_what_the_row_holds(
    reason: str, content: dict[str, Any], said: str
) -> None:
    assert list(redact_reasons([reason], content)) == [said]


def test_a_report_is_a_list_again() -> None:
    row = Row(7, 9, {"ref": "Zoé", "start": "x", "row": 3, "reason": ["old"]})
    line = render_report_line(row, ["start: new"])
    assert line.decode() == '{"row": 7, "reason": ["start: new"], "ref": "Zoé", "start": "x"}\n'
    [again] = read(line).rows
    assert read_cells(again.content)["ref"] == "Zoé"
