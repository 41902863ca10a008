"""The patient's sheet as a page: escaped, whole in itself, drawn, printed, and put into files."""

import base64
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, time
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import segno
from conftest import TODAY, Ran, own_plan, plan
from msgspec import Struct, structs

from hairplan import Plan, load_protocol
from hairplan.clinic.settings import ClinicConfig
from hairplan.protocol.catalog import protocol_names
from hairplan.sheet.catalogs import with_texts_of
from hairplan.sheet.html import render_html
from hairplan.sheet.model import AppointmentRow, Picture, Sheet
from hairplan.sheet.pdf import render_pdf
from hairplan.sheet.qr import qr_image
from hairplan.sheet.sheet import sheet_of
from hairplan.sheet.words import Catalog, load_catalog, plain

Run = Callable[[str], Ran]

CLINIC = ClinicConfig("Lime Street Clinic", "02 61 91 00 17", "12 Lime Street", "9:00 to 18:00")
HOSTILE = "<script>alert('\"&{{1}}')</script>*bold*"
STEPS = '[[steps]]\nid = "course"\nname = "session"\ncount = 40\nspacing.preferred = "1 day"\n'
SVG = "{http://www.w3.org/2000/svg}"


def sheet(of: Plan, clinic: ClinicConfig = CLINIC, on: date = TODAY, language: str = "en") -> Sheet:
    return sheet_of(of, words_of(of, language), clinic, on)


def words_of(of: Plan, language: str = "en") -> Catalog:
    """Return the words of a plan: those of its protocol too, if that is a built-in one."""
    catalog = load_catalog(language)
    name = of.protocol.id
    return with_texts_of(load_protocol(name), catalog) if name in protocol_names() else catalog


def page(of: Plan, clinic: ClinicConfig = CLINIC, on: date = TODAY, language: str = "en") -> str:
    return render_html(sheet(of, clinic, on, language))


def keep_settings(tmp_path: Path, more: str = "") -> str:
    text = f'[clinic]\nname = "Lime Street Clinic"\nphone = "02 61 91 00 17"\n{more}'
    (tmp_path / "clinic.toml").write_text(text, "utf-8")
    return "--config clinic.toml"


# ---- one file, whole in itself ----


@pytest.mark.parametrize("name", ["smp", "mesopecia"])
def test_nothing_is_from_outside_and_nothing_runs(name: str) -> None:
    html = page(plan(name, "2026-12-01", time=time(9)))
    assert not re.search(r"<(script|link|img|iframe|object)|@import|url\(|\bon\w+=", html)
    targets = {each.partition(":")[0] for each in re.findall(r'(?:href|src)="([^"]*)"', html)}
    assert targets == {"tel", "data"}


@pytest.mark.parametrize("count", [2, 5])
def test_hostile_texts_are_words(count: int) -> None:
    label = HOSTILE.replace("\\", "").replace('"', '\\"')
    found = own_plan(
        f"""[[steps]]
id = "course"
name = "session"
count = {count}
spacing.preferred = "4 weeks"
[restrictions]
a = {{ label = "{label}", after = "2 days" }}
b = {{ label = "{label}", before = "2 days", after = "2 days" }}
[tasks]
c = {{ label = "{label}" }}
[questions]
d = {{ ask = "{label}" }}
[rules]
d = {{ question = "d", outcome = "caution", says = "{label}" }}
[milestones]
e = {{ label = "{label}" }}
[expectations]
f = {{ label = "{label}" }}
[routines]
g = {{ label = "{label}", every = "1 day" }}
""",
        ref=HOSTILE,
        place=HOSTILE,
    )
    html = page(found, ClinicConfig(HOSTILE, HOSTILE, HOSTILE, HOSTILE))
    assert "<script" not in html
    assert "<strong>bold" not in html
    assert unescape(html).count(HOSTILE) >= 15
    assert html.startswith('<!doctype html>\n<html lang="en"')


def test_a_sheet_without_a_clinic_names_none() -> None:
    html = page(plan("smp", "2026-12-01"), ClinicConfig())
    assert "tel:" not in html
    assert "Ring us.</p>" in html
    assert not {'class="clinic"', 'class="sign"'} & set(re.findall(r'class="\w+"', html))


def test_the_settings_lay_it_out() -> None:
    clinic = structs.replace(CLINIC, signature=True, paper="letter", large=True)
    html = page(plan("smp", "2026-12-01"), clinic)
    assert 'class="cards large"' in html
    assert "@page { size: letter; }" in html
    assert '<p class="sign"><b>Read and understood</b>' in html
    assert html.count('<a class="tel" href="tel:0261910017">02 61 91 00 17</a>') == 2


# ---- the picture ----


def picture_of(of: Plan, on: date = TODAY) -> Picture:
    picture = sheet(of, on=on).picture
    assert picture is not None
    return picture


def shapes(svg: str, kind: str) -> list[dict[str, str]]:
    return [each.attrib for each in ET.fromstring(svg).iter(f"{SVG}{kind}")]  # noqa: S314 - ours


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - ours


def test_the_picture_says_all_its_dates() -> None:
    picture = picture_of(plan("smp", "2026-12-01", answers={"minoxidil": "yes"}))
    description = re.sub("[\N{NO-BREAK SPACE}\N{EN DASH}]", "-", picture.wide)
    assert (
        ">Appointments: 1, Tuesday 1-December 2026; 2, Tuesday 15-December 2026; 3, Tuesday"
        " 29-December 2026. Minoxidil: 24-Nov-- 5-Jan. Hard exercise, sun and swimming: 1-6-Dec;"
        " 15-20-Dec; 29-Dec-- 3-Jan.</desc>"
    ) in description
    wide = [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts(picture.wide)]
    assert wide == [
        "November", "December", "January", "Appointments", "1", "1 Dec", "2", "15 Dec", "3",
        "29 Dec",
        "Minoxidil", "6 Jan", "Hard exercise, sun", "and swimming", "7 Dec", "21 Dec", "4 Jan",
        "23", "7", "14", "21", "28", "4", "?", "around June", "2029",
    ]  # fmt: skip
    narrow = [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts(picture.narrow)]
    assert "Hard exercise, sun and swimming" in narrow
    assert "6 Jan" not in narrow


def test_what_is_booked_is_black_and_what_is_not_is_white() -> None:
    found = plan("mesotherapy", "2026-12-01", horizon="3 months")
    first, *others = found.sessions
    sessions = (structs.replace(first, booked=True), *others)
    picture = picture_of(structs.replace(found, sessions=sessions))
    fills = [each["fill"] for each in shapes(picture.wide, "circle")]
    assert fills == ["#111", "#fff", "#fff", "#fff"]


def test_a_bar_is_as_long_as_its_days() -> None:
    text = STEPS.replace("count = 40", "count = 2").replace("1 day", "4 weeks")
    text += (
        '[restrictions]\na = { label = "a", after = { at_least = "3 days", ideal = "6 days" } }\n'
    )
    bars = shapes(picture_of(own_plan(text)).wide, "rect")
    ideal, least = (
        [float(bar["width"]) for bar in bars if bar["fill"] == fill]
        for fill in ("#e4e4e4", "#4a4a4a")
    )
    assert ideal == pytest.approx([7 * 440 / 38] * 2, abs=0.1)
    assert least == pytest.approx([4 * 440 / 38] * 2, abs=0.1)


@pytest.mark.parametrize(
    ("text", "legend"),
    [
        ('after = "3 days"', ("must", "allowed")),
        ('after = "2 hours"', ("must", "allowed")),
        ('after = { at_least = "3 days", ideal = "6 days" }', ("must", "better", "allowed")),
        ('before = "3 days"', ("must",)),
    ],
)
def test_the_legend_has_what_the_picture_has(text: str, legend: tuple[str, ...]) -> None:
    course = STEPS.replace("count = 40", "count = 2").replace("1 day", "4 weeks")
    each = own_plan(f'{course}[restrictions]\na = {{ label = "a", {text} }}\n')
    assert picture_of(each).legend == legend
    assert picture_of(own_plan(course)).legend == ()
    assert 'class="legend"' not in page(own_plan(course))
    marks = re.findall(r'<li class="(must|better|allowed)">', page(each))
    assert tuple(marks) == legend


def test_what_has_passed_is_not_in_the_picture() -> None:
    course = STEPS.replace("count = 40", "count = 2").replace("1 day", "4 weeks")
    course += (
        '[restrictions]\na = { label = "a", after = { at_least = "1 day", ideal = "9 days" } }\n'
    )
    fills = [each["fill"] for each in shapes(picture_of(own_plan(course)).wide, "rect")]
    assert fills.count("#4a4a4a") == 2
    later = picture_of(own_plan(course), on=date(2027, 1, 8))
    fills = [each["fill"] for each in shapes(later.wide, "rect")]
    assert (fills.count("#e4e4e4"), fills.count("#4a4a4a")) == (2, 1)


def test_many_appointments_are_small_and_have_no_numbers() -> None:
    picture = picture_of(own_plan(STEPS))
    radii = {float(each["r"]) for each in shapes(picture.wide, "circle")}
    assert max(radii) < 6
    assert not {"12", "40"} & {
        text for text in texts(picture.narrow) if text.isdigit() and text == "40"
    }


@pytest.mark.parametrize("name", ["smp", "microneedling", "mesopecia", "mesotherapy"])
def test_no_appointment_is_cut_off_at_the_edge_of_a_picture(name: str) -> None:
    picture = picture_of(plan(name, "2026-12-01"))
    for drawn, width in ((picture.wide, 744), (picture.narrow, 350)):
        for circle in shapes(drawn, "circle"):
            middle, ring = float(circle["cx"]), float(circle["r"]) + 1
            assert ring <= middle <= width - ring


def test_a_long_course_has_no_line_for_each_week() -> None:
    picture = picture_of(own_plan(STEPS.replace("1 day", "2 months")))
    assert "#c9c9c9" not in picture.narrow


# ---- codes ----


@pytest.mark.parametrize(
    ("asked", "when"),
    [
        (
            {"time": time(14, 30), "zone": "Europe/Paris"},
            ["DTSTART:20261201T133000Z", "DTEND:20261201T153000Z"],
        ),
        ({"time": time(14, 30)}, ["DTSTART:20261201T143000", "DTEND:20261201T163000"]),
        ({}, ["DTSTART;VALUE=DATE:20261201"]),
    ],
)
def test_a_code_is_a_bare_event_and_the_file_a_calendar(
    asked: dict[str, Any], when: list[str]
) -> None:
    row = next(
        row
        for row in sheet(plan("smp", "2026-12-01", **asked)).rows
        if isinstance(row, AppointmentRow)
    )
    payload = "\n".join(["BEGIN:VEVENT", "SUMMARY:Appointment", *when, "END:VEVENT"])
    assert row.code.image == qr_image(payload)
    assert len(payload) <= 106
    calendar = base64.b64decode(row.code.data).decode().split("\r\n")
    assert calendar[:4] == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//hairplan//sheet//EN", "BEGIN:VEVENT",
    ]  # fmt: skip
    assert calendar[4].startswith("UID:")
    assert calendar[5:] == [
        "DTSTAMP:20261101T000000Z", "SUMMARY:Appointment", *when,
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    assert row.code.file == "appointment-1.ics"


def dark_modules(svg: str) -> set[tuple[int, int]]:
    """Return where a code is dark, by column and row without the quiet zone."""
    path = ET.fromstring(svg)[0].attrib["d"]  # noqa: S314 - ours
    x, y, dark = 0, 0, set[tuple[int, int]]()
    assert path.startswith("M0 .5")
    for move, across, down in re.findall(r"([hm])(-?\d+)(?: (\d))?", path[5:]):
        if move == "h":
            dark |= {(x + step, y) for step in range(int(across))}
        x, y = x + int(across), y + int(down or 0)
    return dark


@pytest.mark.parametrize(
    "payload",
    [
        "BEGIN:VEVENT\nSUMMARY:x\nDTSTART:20261201T133000Z\nDTEND:20261201T153000Z\nEND:VEVENT",
        "BEGIN:VEVENT\nSUMMARY:x\nDTSTART:20261231T233000\nDTEND:20270101T001500\nEND:VEVENT",
        "BEGIN:VEVENT\nSUMMARY:x\nDTSTART:20261201T090000\nEND:VEVENT",
        "BEGIN:VEVENT\nSUMMARY:x\nDTSTART;VALUE=DATE:20261201\nEND:VEVENT",
        "SUMMARY:é T20261201T20261201T133000 予約\nDTSTART:20261201T133000Z",
    ],
)
def test_a_code_from_its_day_and_its_time_is_the_one_made_at_once(payload: str) -> None:
    svg = qr_image(payload)
    made = segno.make(payload, error="m", boost_error=False, micro=False, mask=3)
    size = len(made.matrix)
    assert dark_modules(svg) == {
        (x, y) for y, row in enumerate(made.matrix) for x, dark in enumerate(row) if dark
    }
    assert f'viewBox="-4 -4 {size + 8} {size + 8}"' in svg


def test_a_time_without_a_length_has_no_end() -> None:
    text = STEPS.replace("count = 40", "count = 1")
    (code,) = sheet(own_plan(text, time=time(9))).codes
    calendar = base64.b64decode(code.data).decode()
    assert "DTSTART:20270104T090000\r\nEND:VEVENT" in calendar


# ---- on paper and on a phone ----

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")


def said_by(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def chromium(*options: str) -> str:
    ran = subprocess.run(
        [f"{CHROMIUM}", "--headless", "--no-sandbox", "--disable-gpu", *options],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return ran.stdout


TREATMENTS: list[tuple[str, dict[str, Any], int]] = [
    ("smp", {}, 1),
    ("smp", {"answers": {"minoxidil": "yes"}}, 1),
    ("mesotherapy", {}, 1),
    ("microneedling", {"options": {"growth-factors": "yes"}}, 2),
    ("mesopecia", {}, 2),
]
both_languages = pytest.mark.parametrize("language", ["en", "fr"])


@cache
def has_arial() -> bool:
    """Return whether there is a font as wide as Arial: pages are counted with no wider one."""
    return shutil.which("fc-list") is not None and bool(
        re.search("Arial|Liberation Sans", said_by("fc-list", ":", "family"))
    )


needs_arial = pytest.mark.skipif(not has_arial(), reason="there is no font as wide as Arial")


def at_the_clinic(name: str, **asked: Any) -> Plan:
    return plan(name, "2026-12-01", time=time(14, 30), zone="Europe/Paris", ref="A-17", **asked)


def print_page(html: str, folder: Path) -> Path:
    (folder / "page.html").write_text(html, "utf-8")
    pdf = folder / "page.pdf"
    chromium("--no-pdf-header-footer", f"--print-to-pdf={pdf}", (folder / "page.html").as_uri())
    return pdf


@needs_chromium
@needs_arial
@both_languages
@pytest.mark.parametrize(("name", "asked", "pages"), TREATMENTS)
def test_it_prints_on_one_page_or_on_two(
    name: str, asked: dict[str, Any], pages: int, language: str, tmp_path: Path
) -> None:
    clinic = structs.replace(CLINIC, signature=True)
    found = at_the_clinic(name, **asked)
    pdf = print_page(page(found, clinic, language=language), tmp_path)
    assert len(re.findall(rb"/Type /Page\b", pdf.read_bytes())) == pages


READERS = ("zbarimg", "pdftoppm", "pdftotext")
needs_readers = pytest.mark.skipif(
    not all(map(shutil.which, READERS)), reason="there are no readers of codes and of PDF"
)


@needs_chromium
@needs_chromium
@needs_readers
@needs_arial
@both_languages
@pytest.mark.parametrize(("name", "asked"), [TREATMENTS[1][:2], TREATMENTS[3][:2]])
def test_large_letters_are_large_on_paper_and_a_long_name_leaves_the_phone_its_place(
    name: str, asked: dict[str, Any], language: str, tmp_path: Path
) -> None:
    found = at_the_clinic(name, **asked)
    clinic = structs.replace(CLINIC, name="The Clinic of Long and of Longer Names " * 3, large=True)
    phone = place_of_phone(page(found, clinic, language=language), tmp_path)
    # A browser that finds the page wider than its paper prints all of it smaller.
    assert phone.height == pytest.approx(1.45 * 14 * 1.117, rel=0.01)
    assert phone.right == pytest.approx(561, abs=2)


@needs_chromium
@needs_readers
@needs_arial
def test_how_a_late_visit_stands_is_clear_of_the_boxes_beside_it(tmp_path: Path) -> None:
    html = page(at_the_clinic("microneedling"), on=date(2027, 1, 27))
    words = said_by("pdftotext", "-bbox", f"{print_page(html, tmp_path)}", "-")
    place = r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">{}</word>'
    ends = [float(right) for _, right in re.findall(place.format("confirmed"), words)]
    begins = [float(left) for left, _ in re.findall(place.format("Before:"), words)]
    assert len(ends) == 3
    # A box and its room are 1.25 times as wide as a letter is high, 11 points.
    assert max(ends) < min(begins) - 1.25 * 11


class Place(Struct):
    """The place of the clinic's phone on paper, in points."""

    height: float
    right: float


def place_of_phone(html: str, folder: Path) -> Place:
    words = said_by("pdftotext", "-bbox", f"{print_page(html, folder)}", "-")
    number = r"(?<=yMin=\")([\d.]+)\" xMax=\"([\d.]+)\" yMax=\"([\d.]+)\">17</word>"
    found = re.search(number, words)
    assert found
    top, right, bottom = map(float, found.groups())
    return Place(bottom - top, right)


@needs_readers
@needs_arial
@both_languages
@pytest.mark.parametrize(("name", "asked", "pages"), TREATMENTS[1:])
def test_a_reader_of_codes_reads_them_from_the_printed_page(
    name: str, asked: dict[str, Any], pages: int, language: str, tmp_path: Path
) -> None:
    made = sheet(at_the_clinic(name, **asked), language=language)
    pdf = print_page(render_html(made), tmp_path)
    said_by("pdftoppm", "-r", "150", "-gray", "-png", f"{pdf}", f"{tmp_path / 'page'}")
    images = sorted(map(str, tmp_path.glob("page-*.png")))
    assert len(images) == pages
    # It fails where a page has none.
    read = "".join(said_by("zbarimg", "--quiet", "--raw", image) for image in images[-1:])
    events = set(read.strip().split("\nEND:VEVENT"))
    calendars = (base64.b64decode(code.data).decode() for code in made.codes)
    whens = [re.search(r"DTSTART:.*\r\nDTEND:[^\r]*", each) for each in calendars]
    title = {"en": "Appointment", "fr": "Rendez-vous"}[language]
    assert {event.strip() for event in events if event.strip()} == {
        f"BEGIN:VEVENT\nSUMMARY:{title}\n{when[0]}".replace("\r\n", "\n") for when in whens if when
    }


@needs_readers
@needs_arial
@both_languages
@pytest.mark.parametrize(("name", "asked", "pages"), TREATMENTS)
def test_the_pdf_says_what_the_page_says(
    name: str, asked: dict[str, Any], pages: int, language: str, tmp_path: Path
) -> None:
    made = sheet(at_the_clinic(name, **asked), language=language)
    pdf = render_pdf(made)
    (tmp_path / "sheet.pdf").write_bytes(pdf)
    assert f"/Type/Pages/Count {pages}/".encode() in pdf
    # Two columns are read in turns: words are compared, not lines.
    words = words_in(" ".join(texts_of(made)))
    assert words.total() > 100
    in_pdf = words_in(said_by("pdftotext", f"{tmp_path / 'sheet.pdf'}", "-"))
    assert words - in_pdf == Counter()
    inline = re.sub(r"</?(strong|time)\b[^>]*>", "", render_html(made))
    assert words - words_in(unescape(re.sub(r"<[^>]*>", " ", inline))) == Counter()


def words_in(text: str) -> Counter[str]:
    return Counter(text.replace("\N{EN DASH}", " ").split())


def texts_of(made: Sheet) -> Iterator[str]:
    """Yield the words of a sheet, as far as no line of a table breaks them."""
    yield from (made.heading, plain(made.made), plain(made.lead))
    for row in made.rows:
        if isinstance(row, AppointmentRow):
            yield from map(plain, (row.when, *row.before, *row.after))
        else:
            yield plain(row.text)
    yield from map(plain, made.later)
    if made.picture:
        yield from (made.says[mark] for mark in made.picture.legend)
    for panel in (*made.care, made.questions, made.expected):
        if panel:
            yield from (panel.title, *map(plain, panel.lines))


@needs_chromium
@both_languages
@pytest.mark.parametrize("name", ["smp", "microneedling", "mesopecia", "mesotherapy"])
def test_a_phone_shows_nothing_wider_and_explains_no_mark_that_it_has_not(
    name: str, language: str, tmp_path: Path
) -> None:
    html = page(plan(name, "2026-12-01"), language=language)
    # The tick of smp's wide picture has no room on a phone's.
    assert ('<li class="allowed">' in html) >= (name == "smp")
    frame = (
        f'<iframe style="border: 0; width: 390px; height: 9000px" srcdoc="{escape(html)}"></iframe>'
        "<p id=width></p><script>onload = () => {"
        " const sheet = document.querySelector('iframe').contentDocument;"
        " const tick = sheet.querySelector('.legend .allowed')?.getBoundingClientRect().width ?? 0;"
        " document.querySelector('#width').textContent ="
        " `${sheet.documentElement.scrollWidth} ${tick}` }</script>"
    )
    (tmp_path / "frame.html").write_text(frame, "utf-8")
    dom = chromium("--dump-dom", (tmp_path / "frame.html").as_uri())
    assert '<p id="width">390 0</p>' in dom


# ---- as PDF ----


@pytest.mark.parametrize("name", ["smp", "mesopecia"])
def test_a_pdf_is_laid_out_from_the_same_view(name: str) -> None:
    found = sheet(plan(name, "2026-12-01", ref=HOSTILE, place=HOSTILE))
    pdf = render_pdf(found)
    assert pdf.startswith(b"%PDF-")
    assert render_pdf(found) == pdf


def test_every_setting_makes_a_pdf() -> None:
    clinic = ClinicConfig(signature=True, paper="letter", large=True)
    pdf = render_pdf(sheet(own_plan(STEPS.replace("count = 40", "count = 2")), clinic))
    assert b"/MediaBox[0 0 612 792]" in pdf


def test_a_pdf_is_written_and_written_anew(hairplan: Run, tmp_path: Path) -> None:
    settings = keep_settings(tmp_path)
    for _ in range(2):
        ran = hairplan(f"schedule smp --start 2026-12-01 {settings} -o sheet.pdf")
        assert (ran.code, ran.out, ran.said) == (0, "", "wrote the patient's sheet to sheet.pdf\n")
    ran = hairplan(f"schedule smp --start 2026-12-02 {settings} -o sheet.pdf")
    says = "error: sheet.pdf: exists already: choose another name, or --force\n"
    assert (ran.code, ran.err) == (2, says)


def test_without_typst_it_is_said_how_to_have_a_pdf(
    hairplan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    ran = hairplan(f"schedule smp --start 2026-12-01 {keep_settings(tmp_path)} -o sheet.pdf")
    assert (ran.code, ran.out, ran.err) == (
        2,
        "",
        "error: a sheet as PDF needs Typst: pip install 'hairplan[pdf]'; or make sheet.html, which"
        " a browser prints to PDF\n",
    )


# ---- where it goes ----


def test_it_is_written_and_written_anew(hairplan: Run, tmp_path: Path) -> None:
    settings = keep_settings(tmp_path)
    for _ in range(2):
        ran = hairplan(f"schedule smp --start 2026-12-01 --ref A {settings} -o a.html")
        assert (ran.code, ran.out, ran.said) == (0, "", "wrote the patient's sheet to a.html\n")
    html = (tmp_path / "a.html").read_text("utf-8")
    assert "<title>Your appointments \N{EN DASH} A</title>" in html
    ran = hairplan(f"schedule smp --start 2026-12-02 --ref B {settings} -o a.html")
    says = "error: a.html: exists already: choose another name, or --force\n"
    assert (ran.code, ran.err) == (2, says)


def test_a_sheet_without_a_phone_says_so(hairplan: Run) -> None:
    ran = hairplan("schedule smp --start 2026-12-01 -f sheet")
    says = "no phone is on the sheet: state it in the settings, as phone under [clinic]\n"
    assert (ran.code, ran.out[:15], ran.err) == (0, "<!doctype html>", says)


def test_a_kept_plan_has_a_sheet(hairplan: Run, tmp_path: Path) -> None:
    settings = keep_settings(tmp_path)
    hairplan("schedule smp --start 2026-12-01 --save p.plan.json")
    ran = hairplan(f"schedule p.plan.json {settings} -o sheet.html")
    assert (ran.code, ran.out, ran.said) == (0, "", "wrote the patient's sheet to sheet.html\n")


def test_a_list_makes_sheets(hairplan: Run, tmp_path: Path) -> None:
    settings = keep_settings(tmp_path)
    (tmp_path / "list.csv").write_text("ref,start\nA,2026-12-01\nB,2026-12-08\n", "utf-8")
    batch = f"batch list.csv -t smp {settings} --out-dir out -f sheet --name ref --quiet"
    assert hairplan(batch).code == 0
    assert sorted(path.name for path in (tmp_path / "out").glob("*.html")) == ["A.html", "B.html"]
    written = (tmp_path / "out" / "B.html").read_text("utf-8")
    assert "Lime Street Clinic" in written
    alone = hairplan(f"schedule smp --start 2026-12-08 --ref B {settings} -f sheet").out
    assert written == alone
    keep_settings(tmp_path, 'hours = "9:00 to 18:00"\n')
    assert hairplan(f"{batch} --resume").code == 0
    assert "9:00 to 18:00" in (tmp_path / "out" / "B.html").read_text("utf-8")


def test_the_settings_of_the_sheet_are_shown(hairplan: Run, tmp_path: Path) -> None:
    ran = hairplan(f"config {keep_settings(tmp_path, 'signature = true')}")
    rows = [line.split() for line in ran.out.splitlines() if line.startswith("clinic.")]
    assert rows == [
        ["clinic.name", "Lime", "Street", "Clinic", "clinic.toml"],
        ["clinic.phone", "02", "61", "91", "00", "17", "clinic.toml"],
        ["clinic.signature", "yes", "clinic.toml"],
    ]
