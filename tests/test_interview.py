"""The open questions of a patient's state: asked, recorded in a plan, planned with, and kept."""

import io
import stat
import sys
import tomllib
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from conftest import OWN, Ran
from hypothesis import given
from hypothesis import strategies as st
from test_cli import errors

from hairplan.clinic.patient_file import PatientFile
from hairplan.clinic.patient_text import format_patient_file
from hairplan.protocol.toml import parse_toml

Run = Callable[[str], Ran]
Typing = Callable[[str], io.StringIO]
START = "schedule smp --start 2026-12-01"


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Typing:
    """Sit a person at the terminal, who types this."""

    def answer(text: str) -> io.StringIO:
        typed = io.StringIO(text)
        monkeypatch.setattr(sys, "stdin", typed)
        monkeypatch.setattr("hairplan.cli.interview.is_terminal", lambda _: True)
        monkeypatch.setenv("HAIRPLAN_BY", "Zoé")
        return typed

    return answer


# ---- questions of a treatment ----


def test_questions_are_asked_one_by_one(hairplan: Run, typing: Typing) -> None:
    typed = typing("perhaps\nf\nperhaps\nY\nn\n\nu\n" + "no\n" * 20)
    ran = hairplan("screen microneedling --ask -a allergies=yes")
    assert ran.code == 3
    assert "refused: breastfeeding" in ran.out
    assert "circulation        unknown" in ran.out
    assert "'perhaps' is not yes, no or unknown; nothing for unknown" in ran.err
    assert "'perhaps' is not female or male; nothing for unknown" in ran.err
    assert "the same for `hairplan schedule`: --sex female --answer breastfeeding=yes" in ran.err
    assert "unknown" not in ran.err.splitlines()[-1]
    assert "no\n" in typed.read()


OPENING = """
[[steps]]
id = "course"
name = "session"
[questions]
ill = { ask = "Ill?" }
fever = { ask = "Fever?", only = { ill = "yes" } }
[rules]
ill = { question = "ill", outcome = "caution", says = "a caution" }
fever = { question = "fever", outcome = "postpone", says = "wait" }
"""


def test_an_answer_opens_the_next_question_or_settles_it(hairplan: Run, typing: Typing) -> None:
    Path("own.toml").write_text(OWN + OPENING)
    typing("n\n")
    assert "fever" not in hairplan("screen ./own.toml --ask").err
    typing("y\nn\n")
    ran = hairplan("screen ./own.toml --ask")
    assert ran.err == (
        "1/2 ill: Ill? [y/n/u] 2/2 fever: Fever? [y/n/u]"
        " the same for `hairplan schedule`: --answer ill=yes --answer fever=no\n"
    )
    typing("\n\n")
    assert hairplan("screen ./own.toml --ask").err == (
        "1/2 ill: Ill? [y/n/u] 2/2 fever: Fever? [y/n/u] "
    )


def test_the_day_of_an_event_is_asked_for(hairplan: Run, typing: Typing) -> None:
    questions = ("autoimmune", "inflammatory-skin", "intensive-treatment", "pigment-allergy")
    answered = " ".join(f"-a {name}=no" for name in (*questions, "minoxidil", "chemotherapy"))
    skin = "-a psoriasis-eczema-active=no -a psoriasis-eczema-localized=no"
    typing("y\ny\nsoon\n2026-09-01\n\n")
    ran = hairplan(f"screen smp --ask --sex male {answered} {skin}")
    assert ran.code == 3
    assert "refused: transplant-healing" in ran.out
    assert "by its date, postpone: several months" in ran.out
    assert "'soon' is not a date such as" in ran.err
    assert ran.err.splitlines()[-1].endswith(
        "--answer past-chemotherapy=yes --answer transplant=yes --event transplant=2026-09-01"
    )


AWAITED = """
[[steps]]
id = "course"
name = "session"
[[steps]]
id = "after"
name = "visit"
anchor = "events.surgery"
offsets = ["6 weeks"]
kind = "visit"
[events]
surgery = { label = "the surgery" }
"""


def test_a_day_that_something_counts_from_is_asked_for(hairplan: Run, typing: Typing) -> None:
    Path("own.toml").write_text(OWN + AWAITED)
    typing("2026-12-20\n")
    ran = hairplan("schedule ./own.toml --start 2027-01-04 --ask")
    assert ran.err == (
        "surgery: on which day: the surgery? [2026-09-01, nothing for unknown]"
        " the same for `hairplan schedule`: --event surgery=2026-12-20\n"
    )
    assert "after-1   2027-01-31" in ran.out


def test_answers_and_days_are_read_as_everywhere_else(hairplan: Run, typing: Typing) -> None:
    Path("own.toml").write_text(OWN + OPENING + '[events]\nop = { label = "op", begins = "ill" }\n')
    Path("clinic.toml").write_text('dates = "dmy"\n')
    asked = "screen ./own.toml --ask --config clinic.toml --today 2026-11-01"
    typing("oui\nnein\n03/04/2026\n")
    given = "--answer ill=yes --answer fever=no --event op=2026-04-03\n"
    assert hairplan(asked).err.endswith(given)
    typing("x\n?\n03/04/1026\n1er septembre 2026\n")
    ran = hairplan(asked)
    assert ran.err.endswith("--answer ill=yes --event op=2026-09-01\n")
    assert "1026" in ran.err


@pytest.mark.parametrize(
    ("word", "sex"), [("femme", "--sex female "), ("u", ""), ("h", "--sex male ")]
)
def test_a_sex_may_be_typed_in_other_languages(
    hairplan: Run, typing: Typing, word: str, sex: str
) -> None:
    typing(f"{word}\n" + "n\n" * 3)
    ran = hairplan("screen microneedling --ask")
    assert f"the same for `hairplan schedule`: {sex}--answer" in ran.err


def test_the_end_of_input_is_unknown(hairplan: Run, typing: Typing) -> None:
    typing("")
    assert hairplan("screen mesotherapy --ask").code == 0
    typing("m\n" + "n\n" * 20)
    assert "nothing speaks against it" in hairplan("screen smp --ask").out


# ---- planned with ----


def test_a_plan_is_made_with_the_answers(hairplan: Run, typing: Typing) -> None:
    typing("m\n" + "n\n" * 20)
    ran = hairplan(f"{START} --ask")
    assert ("ask  " in ran.out, ran.code) == (False, 0)
    given = ran.err.partition("the same for `hairplan schedule`: ")[2]
    assert hairplan(f"{START} {given.strip()}").out == ran.out


def test_an_answer_that_refuses_leaves_no_plan(hairplan: Run, typing: Typing) -> None:
    typing("m\ny\n")
    ran = hairplan(f"{START} --ask --save a.plan.json")
    assert (ran.code, ran.out) == (3, "")
    assert "error: autoimmune: contraindicated" in ran.err
    assert not Path("a.plan.json").exists()


def test_a_plan_that_is_kept_holds_the_answers(hairplan: Run, typing: Typing) -> None:
    typing("m\n" + "n\n" * 20)
    ran = hairplan(f"{START} --ask --save a.plan.json")
    assert "the same for" not in ran.err
    assert "nothing speaks against it in: " in hairplan("schedule a.plan.json --full").out


# ---- recorded in a plan ----


@pytest.fixture
def kept(hairplan: Run) -> Path:
    assert hairplan(f"{START} --ref A-17 --save a.plan.json").code == 0
    return Path("a.plan.json")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("name", ["a.plan.json", "A-17"])
def test_the_answers_go_into_the_plan_as_an_entry(hairplan: Run, typing: Typing, name: str) -> None:
    typing("m\nn\nn\n")
    ran = hairplan(f"screen {name} --ask")
    assert ran.code == 0
    assert ran.err.endswith("recorded as entry 1 of a.plan.json\n")
    assert ran.out == (
        "settled: autoimmune, chemotherapy\n"
        "next: course-1 Tue 2026-12-01: hairplan record a.plan.json --booked course-1\n"
    )
    told = hairplan("history a.plan.json").out
    assert "answers autoimmune=no; answers chemotherapy=no; sex male" in told
    assert "Zoé" in told
    asked = hairplan("status a.plan.json").out
    assert "ask  8 open questions: hairplan screen a.plan.json --ask" in asked


@pytest.mark.usefixtures("kept")
def test_an_answer_that_refuses_stops_the_plan(hairplan: Run, typing: Typing) -> None:
    typing("m\ny\n")
    ran = hairplan("screen A-17 --ask")
    assert ran.out.startswith("! stopped from Tue 2026-12-01 on: ")
    assert "recorded as entry 1 of a.plan.json" in ran.err
    again = hairplan("screen A-17")
    assert (again.code, again.out.splitlines()[1]) == (3, "refused: autoimmune")


def test_without_an_answer_nothing_is_recorded(hairplan: Run, typing: Typing, kept: Path) -> None:
    before = kept.read_bytes()
    typing("")
    ran = hairplan("screen A-17 --ask")
    assert ran.err.endswith("nothing was answered: nothing is recorded in a.plan.json\n")
    assert (ran.code, kept.read_bytes()) == (0, before)


@pytest.mark.usefixtures("kept")
def test_a_plan_is_screened_as_it_is_by_now(hairplan: Run) -> None:
    assert hairplan("record A-17 --answer minoxidil=yes").code == 0
    shown = hairplan("screen A-17")
    assert (shown.code, shown.out.splitlines()[0]) == (
        0, "Scalp micropigmentation: the patient's state on Sun 2026-11-01",
    )  # fmt: skip
    assert "minoxidil                   yes      caution" in shown.out


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("command", "faults"),
    [
        ("screen A-17 --ask", ["--ask: needs a terminal; else give --answer"
         " QUESTION=yes|no|unknown"]),
        (f"{START} --ask", ["--ask: needs a terminal; else give --answer"
         " QUESTION=yes|no|unknown"]),
        ("screen A-17 --sex male --ref B --save-patient b.toml", [
            "--sex: a.plan.json holds what was asked for; hairplan record changes it",
            "--ref: a.plan.json holds what was asked for",
            "--save-patient: a.plan.json keeps what is known of the patient itself"]),
        ("schedule A-17 --ask --save b.plan.json", [
            "--save: a.plan.json is a plan file already",
            "--ask: a.plan.json is a plan file: hairplan screen a.plan.json --ask"]),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(hairplan: Run, command: str, faults: list[str]) -> None:
    ran = hairplan(command)
    assert (ran.code, ran.out, errors(ran)) == (2, "", faults)


# ---- kept in a patient's file ----


def test_a_patient_file_is_read_back(hairplan: Run, typing: Typing) -> None:
    typing("y\n" * 11)
    said = (
        "--ref A-17 --sex female --age 0 --time 9:30 --patient-days 'mon,wed' --away"
        " '2026-12-14..2026-12-18=\"away\" \\ é' --away 2026-12-24 -o - -e transplant=2024-01-20"
        " --override autoimmune='a \"reason\"'"
    )
    ran = hairplan(f"screen smp {said} --ask --save-patient anna.toml")
    assert ran.err.endswith(
        "wrote what is known of the patient to anna.toml;"
        " hairplan schedule smp --patient anna.toml plans with it\n"
    )
    assert "the same for" not in ran.err
    path = Path("anna.toml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text("utf-8")
    assert text.splitlines()[:10] == [
        "# What is known of a patient, for `hairplan schedule TREATMENT --patient FILE`.",
        "# What a treatment does not ask for is left out, and said.",
        'ref = "A-17"',
        'sex = "female"',
        "age = 0",
        'time = "09:30"',
        'away = ["2026-12-14..2026-12-18=\\"away\\" \\\\ é", "2026-12-24"]',
        'days = ["mon", "wed"]',
        "",
        "[answers]",
    ]
    assert tomllib.loads(text)["events"] == {"transplant": date(2024, 1, 20)}
    again = hairplan("screen smp --patient anna.toml")
    assert again.out == ran.out


def test_a_patient_file_keeps_what_is_for_other_treatments(hairplan: Run) -> None:
    old = 'ref = "A-17"\ntime = "9:30"\nlanguage = "fr"\n'
    old += '[answers]\nanticoagulants = "no"\nminoxidil = "no"\n'
    Path("anna.toml").write_text(f'{old}[options]\ncadence = "fortnightly"\n')
    ran = hairplan(
        "screen microneedling --patient anna.toml -a pregnancy=no --option maintenance=once"
        " --save-patient anna.toml --force"
    )
    assert ran.code == 0
    kept = tomllib.loads(Path("anna.toml").read_text())
    assert kept == {
        "ref": "A-17",
        "time": "9:30",
        "language": "fr",
        "answers": {"anticoagulants": "no", "minoxidil": "no", "pregnancy": "no"},
        "options": {"cadence": "fortnightly", "maintenance": "once"},
    }


def test_what_the_clinic_states_is_not_the_patients(hairplan: Run) -> None:
    Path("clinic.toml").write_text(
        'time = "14:00"\nzone = "UTC"\n[treatments.microneedling.options]\nmaintenance = "once"\n'
    )
    assert hairplan("screen microneedling --config clinic.toml --save-patient a.toml").code == 0
    assert tomllib.loads(Path("a.toml").read_text()) == {}


def test_a_refused_patient_is_kept_too(hairplan: Run) -> None:
    ran = hairplan("screen smp --sex female -a pregnancy=yes --save-patient a.toml")
    assert (ran.code, tomllib.loads(Path("a.toml").read_text())) == (
        3, {"sex": "female", "answers": {"pregnancy": "yes"}},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("anna.toml", "anna.toml: exists already: choose another name, or --force"),
        ("anna.txt", "--save-patient: 'anna.txt' does not end in .toml, such as anna.toml"),
        ("-", "--save-patient: '-' does not end in .toml, such as anna.toml"),
    ],
)
def test_a_file_that_cannot_be_is_refused_before_anything_is_asked(
    hairplan: Run, typing: Typing, name: str, fault: str
) -> None:
    Path("anna.toml").write_text("")
    typed = typing("m\n")
    ran = hairplan(f"screen smp --ask --save-patient {name}")
    assert (ran.code, ran.out, errors(ran)) == (2, "", [fault])
    assert (typed.read(), Path("anna.toml").read_text()) == ("m\n", "")


IDS = st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
DAYS = st.dates()
PATIENTS = st.builds(
    PatientFile,
    ref=st.none() | TEXTS,
    sex=st.sampled_from(["female", "male", None]),
    age=st.none() | st.integers(0, 130),
    time=st.none() | st.times().map(lambda at: f"{time(at.hour, at.minute):%H:%M}"),
    away=st.lists(DAYS.map(str)).map(tuple),
    answers=st.dictionaries(IDS, st.sampled_from(["yes", "no", "unknown"])),
    events=st.dictionaries(IDS, DAYS | st.lists(DAYS, min_size=1).map(tuple)),
    overrides=st.dictionaries(IDS, TEXTS),
    options=st.dictionaries(IDS, TEXTS),
    days=st.lists(st.sampled_from(["mon", "fri"])).map(tuple),
    language=st.sampled_from(["fr", "pt-BR", None]),
)


@given(PATIENTS)
def test_every_patient_is_read_back_as_written(patient: PatientFile) -> None:
    assert parse_toml(format_patient_file(patient), PatientFile, "a.toml") == patient
