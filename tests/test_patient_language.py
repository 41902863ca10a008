"""The language that a patient reads: the sheet in French, and whose language it is."""

import tomllib
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from babel.dates import format_date as oracle
from conftest import OWN, TODAY, Ran, day, own_plan, own_protocol, plan
from hypothesis import given
from hypothesis import strategies as st
from test_patient_sheet import CLINIC, PLAIN, lines, panel_lines
from test_patient_sheet_page import words_of

from hairplan import Plan, PlanRequest, make_plan
from hairplan.clinic.patient_language import PatientLanguage
from hairplan.errors import InputError
from hairplan.protocol.model import Protocol
from hairplan.sheet.catalogs import (
    catalog_faults,
    find_catalog,
    languages,
    missing_texts,
    patient_catalog,
)
from hairplan.sheet.html import render_html
from hairplan.sheet.model import Sheet
from hairplan.sheet.rhythms import rhythm_of
from hairplan.sheet.sheet import sheet_of
from hairplan.sheet.words import CATALOGS, load_catalog, plain

Run = Callable[[str], Ran]

SPACES = str.maketrans({"\N{NO-BREAK SPACE}": " "})
STEP = '[[steps]]\nid = "course"\nname = "session"\nspacing.preferred = "2 weeks"\n'
DYE = '[restrictions]\ndye = { label = "no dye", after = "2 days" }\n'
FRENCH_DYE = '[restrictions]\ndye = { label = "no dye", after = "2 days", patient.fr = "x" }\n'


def french(of: Plan, on: date = TODAY) -> Sheet:
    return sheet_of(of, words_of(of, "fr"), CLINIC, on)


def own(text: str, **asked: Any) -> tuple[Plan, Protocol]:
    return own_plan(text, **asked), own_protocol(text)


# ---- catalogs ----


@pytest.mark.parametrize("language", languages())
def test_the_catalogs_of_the_package_are_whole(language: str) -> None:
    catalog = load_catalog(language)
    assert catalog.language == language
    assert list(catalog_faults(catalog)) == []


def test_a_catalog_has_its_keys_in_the_order_of_the_english_one() -> None:
    english, other = (
        tomllib.loads((CATALOGS / f"{name}.toml").read_text("utf-8")) for name in ("en", "fr")
    )
    for table in ("dates", "says", "calendar", "spans", "rhythms", "languages"):
        assert list(other[table]) == list(english[table])


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_days_and_months_are_written_as_the_language_has_them(on: date) -> None:
    for language in languages():
        catalog = load_catalog(language)
        first = "1er" if language == "fr" and on.day == 1 else f"{on.day}"
        full = oracle(on, "EEEE @ MMMM y", locale=language).replace("@", first)
        assert plain(catalog.day(on, year=True)).translate(SPACES) == full
        assert catalog.month(on) == oracle(on, "MMMM y", locale=language)
        short = oracle(on, "@ MMM", locale=language).replace("@", first)
        assert catalog.short(on).translate(SPACES) == short


@pytest.mark.parametrize(
    ("language", "at", "says"),
    [
        ("fr", time(14, 30), "14 h 30"),
        ("fr", time(9, 5), "9 h 05"),
        ("fr", time(14), "14 h"),
        ("en", time(14, 30), "14:30"),
        ("en", time(9), "9:00"),
    ],
)
def test_times_are_written_as_the_language_has_them(language: str, at: time, says: str) -> None:
    text = load_catalog(language).time(at)
    assert text.translate(SPACES) == says
    assert " " not in text


@pytest.mark.parametrize(
    ("span", "says"),
    [
        ("1 hour", "1 heure"),
        ("2 hours 30 minutes", "2 heures 30 minutes"),
        ("1 week", "1 semaine"),
        ("3 months", "3 mois"),
        ("2 years", "2 ans"),
    ],
)
def test_spans_are_written_as_the_language_has_them(span: str, says: str) -> None:
    assert load_catalog("fr").span(span).translate(SPACES) == says
    assert load_catalog("en").span(span) == span


def test_french_marks_stay_with_their_words() -> None:
    typeset = load_catalog("fr").typeset("« a » : b ; c ?")
    assert typeset.replace("\N{NO-BREAK SPACE}", "_") == "«_a_»_: b_; c_?"
    assert load_catalog("en").typeset("a : b") == "a : b"


def test_an_abbreviation_ends_its_sentence() -> None:
    catalog = load_catalog("fr")
    assert catalog.tell("pieces", periods="2 janv.").endswith(": 2 janv.")
    assert catalog.tell("pieces", periods="2 mai").endswith(": 2 mai.")


# ---- a clinic's own ----


def write_catalog(folder: Path, changed: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    text = (CATALOGS / "fr.toml").read_text("utf-8").replace('"fr"', '"de"', 1)
    for old, new in changed.items():
        text = text.replace(old, new)
    (folder / "de.toml").write_text(text, "utf-8")


def test_a_clinic_has_a_catalog_of_its_own(hairplan: Run, tmp_path: Path) -> None:
    write_catalog(tmp_path / "own", {"Vos rendez-vous": "Ihre Termine"})
    (tmp_path / "c.toml").write_text('languages = "own"\nclinic.phone = "1"\n', "utf-8")
    ran = hairplan("schedule smp --start 2026-12-01 --language de --config c.toml -f sheet --force")
    assert '<html lang="de"' in ran.out
    assert "<title>Ihre Termine</title>" in ran.out
    assert "restrictions.sun: no text in 'de': shown in 'en'\n" in ran.err
    assert languages(tmp_path / "own") == ["de", "en", "fr"]
    assert find_catalog("fr", tmp_path / "own") == load_catalog("fr")


def test_a_catalog_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    changed = {'"lundi", ': "", "\ntitle = ": "\ntitre = ", "pas avant le {since}": "{depuis}"}
    write_catalog(tmp_path, changed)
    with pytest.raises(InputError) as error:
        find_catalog("de", tmp_path)
    path = tmp_path / "de.toml"
    assert error.value.faults == (
        f"{path}: weekdays: 6 names, and there are 7",
        f"{path}: says.title: missing",
        f"{path}: says.titre: no such key",
        f"{path}: says.task_by_from: has no value {{depuis}}",
    )


def test_a_language_without_a_catalog_is_refused(hairplan: Run) -> None:
    ran = hairplan("schedule smp --start 2026-12-01 --language fe -f sheet")
    assert (ran.code, ran.err) == (2, "error: language: no 'fe'; there are: en, fr\n")
    ran = hairplan("schedule smp --start 2026-12-01 --language French -f sheet")
    says = "error: --language: 'French' is not a language code such as en or pt-BR\n"
    assert (ran.code, ran.err) == (2, says)
    with pytest.raises(InputError, match=r"^language: 'x' is not a language code"):
        PlanRequest(start=TODAY, language="x")


# ---- the sheet in French ----


def test_the_cards_in_french() -> None:
    answers = {"minoxidil": "yes"}
    made = french(plan("smp", "2026-12-01", time=time(14, 30), ref="A-17", answers=answers))
    assert made.title.translate(PLAIN) == "Vos rendez-vous - A-17"
    assert plain(made.made).translate(PLAIN) == "Référence A-17 \xb7 Fiche du 1er novembre 2026"
    assert plain(made.lead).translate(PLAIN) == (
        "3 rendez-vous d'environ 2 heures chacun. « À confirmer » : appelez-nous pour"
        " fixer l'heure."
    )
    assert lines(made) == [
        "begin: Dès le mardi 24 novembre 2026 (au plus tard jeudi 26 novembre) : pas de"
        " minoxidil sur le cuir chevelu, jusqu'au mardi 5 janvier inclus. Au minimum :"
        " du 26 nov. au 6 déc., du 10 au 20 déc. et du 24 déc. au 3 janv.",
        "1 sur 3, À confirmer: mardi 1er décembre 2026 à 14 h 30",
        "  before: Votre première consultation (sinon, appelez-nous)",
        "  after: Jusqu'au dimanche 6 décembre inclus : pas de sport qui fait transpirer ; pas de"
        " soleil sur le cuir chevelu ; pas de baignade (piscine ou mer). De nouveau permis dès le"
        " lundi 7 décembre (au plus tôt samedi 5 décembre).",
        "2 sur 3, À confirmer: mardi 15 décembre 2026 à 14 h 30",
        "  before: Toujours : pas de minoxidil sur le cuir chevelu.",
        "  after: Jusqu'au dimanche 20 décembre inclus, à éviter de même : sport intense, soleil"
        " et baignade. De nouveau permis dès le lundi 21 décembre (au plus tôt samedi 19"
        " décembre).",
        "3 sur 3, À confirmer: mardi 29 décembre 2026 à 14 h 30",
        "  before: Toujours : pas de minoxidil sur le cuir chevelu.",
        "  after: Jusqu'au dimanche 3 janvier inclus, à éviter de même : sport intense, soleil et"
        " baignade. De nouveau permis dès le lundi 4 janvier (au plus tôt samedi 2 janvier).",
        "free: Dès le mercredi 6 janvier 2027 (au plus tôt lundi 4 janvier), reprise"
        " possible : minoxidil.",
        "Ensuite : un rendez-vous vers juin 2029, à fixer plus tard.",
    ]  # fmt: skip
    assert panel_lines(made.questions)[:2] == [
        "Avant le prochain rendez-vous, dites-nous si l'un de ces points vous concerne: Dès que"
        " possible, au plus tard le mardi 24 novembre 2026. Cocher n'arrête pas forcément tout :"
        " parlons-en.",
        "  enceinte, ou peut-être",
    ]
    assert panel_lines(made.expected) == [
        "À quoi vous attendre",
        "  La couleur s'estompe peu à peu, selon la peau, le soleil et les habitudes (à peu près"
        " entre décembre 2028 et décembre 2031)",
        "  Cela ressemble à un long picotement ou à un tatouage très léger ; la plupart des gens le"
        " supportent bien",
    ]


def test_the_list_in_french() -> None:
    made = french(plan("mesopecia", "2026-12-01", age=25, time=time(14, 30)))
    assert lines(made)[:2] == [
        "1 sur 8, À confirmer: mardi 1er décembre 2026 à 14 h 30",
        "  Coloration : possible dès le: mercredi 2 décembre à 15 h",
    ]
    assert [line for panel in made.care for line in panel_lines(panel)] == [
        "Avant chaque rendez-vous",
        "  Si nous vous le proposons, une crème anesthésiante, 60 minutes avant, à 13 h 30",
        "  Apportez un peigne à dents larges",
        "  Lavez-vous les cheveux, la veille ou le matin même",
        "Après chaque rendez-vous",
        "  Pas de coloration ni d'autre produit agressif - jusqu'au jour indiqué dans la liste.",
    ]


def test_words_that_have_the_lead_in_them_say_it_alone() -> None:
    made = french(plan("microneedling", "2026-12-01", time=time(14, 30)))
    assert panel_lines(made.care[0]) == [
        "Avant chaque rendez-vous",
        "  Si nous vous le proposons, une crème anesthésiante pour un cuir chevelu sensible,"
        " environ 30 minutes avant, vers 14 h",
    ]


@pytest.mark.parametrize("name", ["smp", "microneedling", "mesopecia", "mesotherapy"])
def test_nothing_english_is_left_on_a_french_sheet(name: str) -> None:
    made = french(plan(name, "2026-12-01", age=25, sex="female"))
    text = "\n".join([*lines(made), *panel_lines(made.questions), *panel_lines(made.expected)])
    assert "en anglais" not in text
    english = load_catalog("en")
    for word in (*english.weekdays, *english.months, " the ", " and ", " of "):
        assert word not in text


@pytest.mark.parametrize(
    ("rhythm", "english", "in_french"),
    [
        ('every = "1 day"', "every day", "tous les jours"),
        ('every = "2 weeks"', "every 2 weeks", "toutes les 2 semaines"),
        ('every = "1 month"', "every month", "tous les mois"),
        ('every = "1 month + 1 day"', "every 1 month + 1 day", "à intervalles de 1 mois + 1 jour"),
        ('rate = { times = 1, per = "day" }', "once a day", "une fois par jour"),
        ('rate = { times = 3, per = "week" }', "3 times a week", "3 fois par semaine"),
        (
            'rate = { times = { min = 2, max = 4 }, per = "week" }',
            "twice a week (4 at most)",
            "deux fois par semaine (4 au plus)",
        ),
        (
            'rate = { times = 5, per = "week", days = "consecutive" }',
            "5 times a week, on days in a row",
            "5 fois par semaine, sur des jours consécutifs",
        ),
        (
            'rate = { times = { min = 2, max = 3 }, per = "week", days = "non-consecutive" }',
            "twice a week (3 at most), never two days in a row",
            "deux fois par semaine (3 au plus), jamais deux jours de suite",
        ),
        ('weekdays = ["mon", "fri"]', "on Monday and Friday", "le lundi et le vendredi"),
        ('how_often = { en = "at times", fr = "parfois" }', "at times", "parfois"),
    ],
)
def test_a_rhythm_is_said_in_the_language(rhythm: str, english: str, in_french: str) -> None:
    found, protocol = own(f'{STEP}[routines]\nfoam = {{ label = "foam", {rhythm} }}\n')
    for language, says in (("en", english), ("fr", in_french)):
        words = patient_catalog(found, protocol, PatientLanguage(language))
        assert rhythm_of(found.routines[0], words).translate(SPACES) == says


def test_what_blocks_a_visit_and_has_no_words_is_to_be_settled() -> None:
    text = f'{STEP}[tasks]\npaper = {{ label = "a paper", by = "clinic", blocks = true }}\n'
    found, protocol = own(text)
    words = patient_catalog(found, protocol, PatientLanguage("fr"))
    made = sheet_of(found, words, CLINIC, TODAY)
    assert lines(made)[1].startswith("  before: Un contrôle ou un document nécessaire")


# ---- what is not in the language ----


def test_what_is_not_in_the_language_is_shown_and_marked() -> None:
    found, protocol = own(
        f"{STEP}{FRENCH_DYE}"
        '[tasks]\ncomb = { label = "bring a comb" }\n'
        'hat = { label = "bring a hat", patient = { de = "ein Hut", fr = "un chapeau" } }\n'
        'cap = { label = "bring a cap", patient = { nl = "een pet", de = "eine Kappe" } }\n'
        'fez = { label = "bring a fez", patient = { ja = "fezu" } }\n'
    )
    words = patient_catalog(found, protocol, PatientLanguage("fr"))
    made = sheet_of(found, words, CLINIC, TODAY)
    assert {line for line in lines(made) if line.startswith("  before: ")} == {
        "  before: Bring a comb (en anglais)",
        "  before: Een pet (en néerlandais)",
        "  before: Fezu (ja)",
        "  before: Un chapeau",
    }
    assert [each.path for each in missing_texts(found, words).values()] == [
        "tasks.comb",
        "tasks.cap",
        "tasks.fez",
    ]


def test_a_page_says_of_which_language_such_words_are() -> None:
    found, protocol = own(
        f"{STEP}{FRENCH_DYE}"
        '[tasks]\ncomb = { label = "bring a <comb>" }\n'
        'clean = { label = "bring a <comb> (a clean one)" }\n'
        'hat = { label = "un", patient = { fr = "apportez un chapeau" } }\n'
        'cap = { label = "bring a cap", patient = { nl = "een pet" } }\n'
    )
    page = render_html(
        sheet_of(found, patient_catalog(found, protocol, PatientLanguage("fr")), CLINIC, TODAY)
    )
    assert '<span lang="en">Bring a &lt;comb&gt;</span> (en anglais)' in page
    assert '<span lang="en">Bring a &lt;comb&gt; (a clean one)</span> (en anglais)' in page
    assert '<span lang="nl">Een pet</span> (en néerlandais)' in page
    assert page.count("<span lang=") == page.count("(en anglais)") + page.count("(en néerlandais)")


def test_what_to_avoid_that_is_not_in_the_language_refuses_it() -> None:
    found, protocol = own(
        STEP + DYE + 'sun = { label = "no sun", how_long = "as we say", patient = { fr = "x" } }\n'
    )
    with pytest.raises(InputError) as error:
        patient_catalog(found, protocol, PatientLanguage("fr"))
    assert error.value.faults == (
        "language: what to avoid is not in 'fr': restrictions.dye, restrictions.sun.how_long:"
        ' add patient = { fr = "..." } to the protocol, or go on with --force, which shows it as'
        " it is",
    )
    words = patient_catalog(found, protocol, PatientLanguage("fr", forced=True))
    made = sheet_of(found, words, CLINIC, TODAY)
    assert any("inclus : no dye (en anglais). De nouveau" in line for line in lines(made))


def test_a_french_file_is_in_french() -> None:
    text = f'language = "fr"\n{STEP}{DYE.replace("no dye", "pas de couleur")}'
    found, protocol = own(text)
    words = patient_catalog(found, protocol, PatientLanguage("fr"))
    assert (words.labels, words.names) == ({"pas de couleur": "pas de couleur"}, {})
    with pytest.raises(InputError, match=r"not in 'en': restrictions\.dye"):
        patient_catalog(found, protocol, PatientLanguage("en"))


def test_a_restriction_without_a_short_name_is_named_by_what_it_says() -> None:
    found, protocol = own(
        STEP + DYE.replace(" }", ', patient = { en = "no dye", fr = "pas de couleur" } }')
    )
    assert patient_catalog(found, protocol, PatientLanguage("en")).names == {}
    names = patient_catalog(found, protocol, PatientLanguage("fr")).names
    assert names == {"no dye": "pas de couleur"}


# ---- the calendar ----


def entries(calendar: str) -> list[str]:
    """Return the titles and texts of a calendar."""
    lines = calendar.replace("\r\n ", "").splitlines()
    return [
        line.partition(":")[2].replace("\\", "").translate(SPACES)
        for line in lines
        if line.startswith(("SUMMARY", "DESCRIPTION"))
    ]


SMP = "schedule smp --start 2026-12-01 --ref A --answer minoxidil=no"
ASKED = f"{SMP} --answer psoriasis-eczema-localized=no --language fr --alarm none -f ics"


def test_the_calendar_in_french(hairplan: Run) -> None:
    found = entries(hairplan(ASKED).out)
    assert found[:4] == [
        "1/3 Rendez-vous",
        "À confirmer : appelez-nous pour fixer ce jour.nAvant : votre première"
        " consultation (sinon, appelez-nous)nJusqu"
        "\N{RIGHT SINGLE QUOTATION MARK}au dimanche 6 décembre inclus : pas de sport qui fait"
        " transpirer ; pas de soleil sur le cuir chevelu ; pas de baignade (piscine ou mer). De"
        " nouveau permis dès le lundi 7 décembre (au plus tôt samedi 5 décembre).",
        "Fin des précautions",
        "Dès le lundi 7 décembre 2026 (au plus tôt samedi 5 décembre), sport intense, soleil"
        " et baignade : c\N{RIGHT SINGLE QUOTATION MARK}est de nouveau permis.",
    ]
    assert found[-2:] == [
        "Provisoire : rendez-vous de suivi",
        "À fixer le moment venu : entre le vendredi 29 décembre 2028 et le samedi 29 décembre"
        " 2029.",
    ]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("--language fr", "Rendez-vous"),
        ("", "Appointments"),
        ("--language fr --audience practice", "Appointments"),
    ],
)
def test_a_calendar_has_its_name_in_the_language(hairplan: Run, asked: str, name: str) -> None:
    assert f"\r\nNAME:{name}\r\n" in hairplan(f"{SMP} {asked} -f ics").out
    hairplan(f"{SMP} {asked} --split events")
    assert all(
        f"\r\nNAME:{name}\r\n".encode() in path.read_bytes() for path in Path("events").iterdir()
    )
    Path("plans").mkdir()
    hairplan(f"{SMP} {asked.partition(' --a')[0]} --save plans/p.plan.json")
    audience = "practice" if "practice" in asked else "patient"
    hairplan(f"export plans --out-dir out --format ics --audience {audience}")
    (found,) = Path("out").glob("*.ics")
    assert f"\r\nNAME:{name}\r\n".encode() in found.read_bytes()


def test_a_kept_plan_calls_off_in_the_language(hairplan: Run) -> None:
    hairplan(f"{SMP} --language fr --save p.plan.json")
    hairplan("schedule p.plan.json -f ics -o a.ics")
    assert hairplan("record p.plan.json --cancelled course-3").code == 0
    found = entries(hairplan("schedule p.plan.json -f ics").out)
    assert "Annulé : une nouvelle date suivra." in "".join(found)
    assert not any("Cancelled" in each for each in found)


def test_a_calendar_is_refused_where_what_to_avoid_is_not_in_the_language(
    hairplan: Run, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text(OWN + STEP + DYE, "utf-8")
    asked = "schedule own.toml --start 2027-01-04 --ref A --language fr -f ics"
    ran = hairplan(asked)
    assert (ran.code, ran.out) == (2, "")
    assert "error: language: what to avoid is not in 'fr': restrictions.dye: " in ran.err
    for more in ("--force", "--details brief", "--audience practice"):
        assert hairplan(f"{asked} {more}").code == 0
    shown = entries(hairplan(f"{asked} --force").out)
    assert any("no dye (en anglais)" in each for each in shown)


def test_a_list_makes_calendars_in_the_language_of_each_row(hairplan: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "ref,start,language\nA,2026-12-01,fr\nB,2026-12-08,\n", "utf-8"
    )
    assert hairplan("batch list.csv -t smp --out-dir out -f ics --name ref --quiet").code == 0
    texts = [(tmp_path / "out" / f"{name}.ics").read_text("utf-8") for name in ("A", "B")]
    assert ["SUMMARY:1/3 Rendez-vous" in text for text in texts] == [True, False]
    assert ["SUMMARY:1/3 Appointment" in text for text in texts] == [False, True]


# ---- whose language ----


def language_of(ran: Ran) -> str:
    return ran.out.partition('<html lang="')[2][:2]


def test_the_option_is_before_the_patient_and_the_patient_before_the_clinic(
    hairplan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "c.toml").write_text('language = "fr"\nclinic.phone = "1"\n', "utf-8")
    (tmp_path / "anna.toml").write_text('language = "en"\n', "utf-8")
    asked = "schedule smp --start 2026-12-01 -f sheet"
    assert language_of(hairplan(asked)) == "en"
    assert language_of(hairplan(f"{asked} --config c.toml")) == "fr"
    assert language_of(hairplan(f"{asked} --config c.toml --patient anna.toml")) == "en"
    both = f"{asked} --config c.toml --patient anna.toml --language fr"
    assert language_of(hairplan(both)) == "fr"
    monkeypatch.setenv("HAIRPLAN_LANGUAGE", "fr")
    assert language_of(hairplan(asked)) == "fr"


def test_a_kept_plan_keeps_the_language_and_another_may_be_asked_for(hairplan: Run) -> None:
    hairplan("schedule smp --start 2026-12-01 --language fr --save p.plan.json")
    assert language_of(hairplan("schedule p.plan.json -f sheet")) == "fr"
    assert language_of(hairplan("schedule p.plan.json -f sheet --language en")) == "en"
    assert hairplan("record p.plan.json --language en").code == 0
    assert language_of(hairplan("schedule p.plan.json -f sheet")) == "en"
    assert "language en" in hairplan("history p.plan.json").out


def test_a_language_does_not_make_another_plan() -> None:
    requests = [
        PlanRequest(start=day("2027-01-04"), language=language) for language in (None, "en", "fr")
    ]
    plans = [make_plan(own_protocol(STEP), request, today=TODAY) for request in requests]
    assert plans[0] == plans[1] == plans[2]


def test_a_list_has_the_language_of_each_row(hairplan: Run, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text('language = "fr"\nclinic.phone = "1"\n', "utf-8")
    (tmp_path / "list.csv").write_text(
        "ref,start,language\nA,2026-12-01,\nB,2026-12-08,en\nC,2026-12-08,xx\n", "utf-8"
    )
    ran = hairplan(
        "batch list.csv -t smp --config c.toml --out-dir out -f sheet,pdf --name ref --quiet"
    )
    assert ran.err == "row 3 (line 4): failed: language: no '[...]'; there are: en, fr\n"
    out = tmp_path / "out"
    written = sorted(path.name for path in out.iterdir() if path.suffix in {".html", ".pdf"})
    assert written == ["A.html", "A.pdf", "B.html", "B.pdf"]
    assert '<html lang="fr"' in (out / "A.html").read_text("utf-8")
    assert '<html lang="en"' in (out / "B.html").read_text("utf-8")
    assert (out / "A.pdf").read_bytes().startswith(b"%PDF-")


def test_a_folder_of_plans_has_the_language_of_each_as_it_is_by_now(
    hairplan: Run, tmp_path: Path
) -> None:
    (tmp_path / "plans").mkdir()
    hairplan("schedule smp --start 2026-12-01 --save plans/a.plan.json")
    hairplan("schedule smp --start 2026-12-01 --language fr --save plans/b.plan.json")
    export = "export plans --out-dir out -f sheet"
    assert hairplan(export).code == 0
    hairplan("record plans/a.plan.json --language fr")
    hairplan("record plans/b.plan.json --language en")
    assert hairplan(export).code == 0
    pages = [(tmp_path / "out" / f"{name}.html").read_text("utf-8") for name in ("a", "b")]
    assert [page.partition('<html lang="')[2][:2] for page in pages] == ["fr", "en"]
