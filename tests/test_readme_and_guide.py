"""The README and the guide show what the program does: their examples are run and compared.

In an example `...` stands for any lines. `pytest --update-golden` writes the page of keys anew.
"""

import doctest
import re
import runpy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Ran, own_protocol

import hairplan as package
from hairplan.cli.app import COMMANDS
from hairplan.clinic.templates import FIELDS
from hairplan.dates.typed_spans import typed_span
from hairplan.protocol.patient_texts import patient_texts
from hairplan.protocol.schema import key_table

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "examples" / "guide"
README = (ROOT / "README.md").read_text("utf-8")
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in (ROOT / "README.md", *sorted(GUIDE.glob("*.md")))
}
GUIDE_PAGES = [name for name in PAGES if name != "README.md"]
EVERYTHING = "".join(PAGES.values())
EXAMPLE = re.compile(r"^\$ hairplan (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
MOST_LINES = 250
MOST_BYTES = 14_000
MOST_WORDS = 1_200
"""A page of more takes longer than five minutes to read."""


def page(name: str) -> str:
    return PAGES[f"examples/guide/{name}.md"]


def blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def without_blocks(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


# ---- what is shown is what happens ----


@pytest.mark.parametrize("name", [name for name in PAGES if blocks("console", PAGES[name])])
def test_the_commands_of_a_page_print_what_it_shows(
    name: str, hairplan: Callable[[str], Ran], tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for block in blocks("console", PAGES[name]):
        examples = EXAMPLE.findall(block)
        assert examples, "a block shows a command of ours"
        for command, expected in examples:
            ran = hairplan(command)
            printed = (ran.out + ran.err).replace("\r\n", "\n")
            pattern = re.escape(expected).replace(re.escape("...\n"), "(?:.*\n)*")
            assert re.fullmatch(pattern, printed), printed
            assert expected.replace("...\n", "").strip(), "an example shows something"


@pytest.mark.parametrize("name", [name for name in PAGES if blocks("python", PAGES[name])])
def test_the_python_of_a_page_runs(name: str) -> None:
    code = "".join(blocks("python", PAGES[name]))
    test = doctest.DocTestParser().get_doctest(code, {}, name, name, 0)
    results = doctest.DocTestRunner().run(test)
    assert (results.failed, results.attempted) == (0, code.count(">>> "))


def test_enough_is_shown() -> None:
    assert len(blocks("console", README)) >= 2
    assert len([name for name in GUIDE_PAGES if blocks("console", PAGES[name])]) >= 9
    assert page("python").count(">>> ") >= 25


@pytest.mark.parametrize("block", blocks("toml", page("protocols") + page("situations")))
def test_a_step_of_the_guide_stands_in_its_file(block: str) -> None:
    files = [path.read_text("utf-8") for path in sorted((ROOT / "examples").glob("*/*.toml"))]
    assert any(block in text for text in files)


@pytest.mark.parametrize("name", ["settings", "calendar", "sheet", "lists"])
def test_the_settings_of_the_guide_are_valid(
    name: str, hairplan: Callable[[str], Ran], tmp_path: Path
) -> None:
    (block,) = blocks("toml", page(name))
    (tmp_path / "clinic.toml").write_text(block, "utf-8")
    ran = hairplan("config --config clinic.toml")
    assert (ran.code, ran.err) == (0, "")


def test_the_patient_of_the_guide_is_valid(hairplan: Callable[[str], Ran], tmp_path: Path) -> None:
    (block,) = blocks("toml", page("screening"))
    (tmp_path / "patient.toml").write_text(block, "utf-8")
    ran = hairplan("schedule smp --start 2026-12-01 --patient patient.toml")
    assert (ran.code, ran.err) == (0, "")


def test_the_row_of_the_guide_becomes_a_plan(
    hairplan: Callable[[str], Ran], tmp_path: Path
) -> None:
    (block,) = blocks("json", page("batch"))
    (tmp_path / "list.jsonl").write_text(block, "utf-8")
    ran = hairplan("batch list.jsonl --treatment smp -o plans.jsonl --quiet")
    assert (ran.code, ran.err) == (0, "")


def test_the_words_of_the_guide_are_valid() -> None:
    (block,) = blocks("toml", page("languages"))
    protocol = own_protocol(f'[[steps]]\nid = "course"\nname = "x"\n{block}')
    assert {each.path: set(each.words) for each in patient_texts(protocol)} == {
        "restrictions.minoxidil": {"en", "fr"},
        "tasks.led": set(),
        "questions.minoxidil": {"en", "fr"},
        "questions.bald-scalp": set(),
    }


def test_every_toml_of_the_guide_is_checked() -> None:
    shown = {name for name in PAGES if blocks("toml", PAGES[name])}
    assert shown == {
        f"examples/guide/{name}.md"
        for name in (
            "protocols",
            "settings",
            "calendar",
            "screening",
            "sheet",
            "situations",
            "lists",
            "languages",
        )
    }


def test_the_spans_of_the_guide_are_printed_so() -> None:
    rows = re.findall(r"^\| (`[^|]*`) \| (\d[^|]*) \|$", page("spans"), re.MULTILINE)
    assert len(rows) == 6
    for written, printed in rows:
        for text in re.findall(r"`([^`]*)`", written):
            assert str(typed_span(text)) == printed


def test_the_shorthands_of_the_guide_stand_for_what_it_says() -> None:
    rows = re.findall(r"^\| `(\w+ = [^`]*)` \| `([^`]*)`", page("spans"), re.MULTILINE)
    assert len(rows) == 4
    step = '[[steps]]\nid = "course"\nname = "x"\n'
    for short, long in rows:
        if short.startswith("around"):
            around = f'{step}[restrictions.x]\nlabel = "x"\nafter = "1 day"\n'
            assert own_protocol(around + short) == own_protocol(around + long)
        else:
            counted = step + "count = 2\n" * short.startswith("spacing")
            assert own_protocol(counted + short) == own_protocol(counted + long)


def test_the_rhythms_of_the_guide_are_valid() -> None:
    rows = re.findall(r"^\| (`[^|]*`) \|", page("rhythms"), re.MULTILINE)
    assert len(rows) == 23
    for key in (key for row in rows for key in re.findall(r"`([^`]*)`", row)):
        own_protocol(
            '[[steps]]\nid = "course"\nname = "x"\ncount = 4\nspacing.preferred = "1 week"\n'
            '[[steps]]\nid = "x"\nname = "x"\n'
            + (key if key.startswith("anchor") else f'anchor = "course.first"\n{key}')
            + _with(key)
            + "\n[events]\nregrowth = { label = 'x' }\nsurgery = { label = 'x' }\n"
        )


def _with(key: str) -> str:
    """Add what else such a step needs."""
    if key.startswith(("spacing", "offsets", "seasons")):
        return "" if "spacing" not in key else "\ncount = 3"
    if key.startswith(("rate", "weekdays")):
        return "\ncount = 3"
    bound = '\ncount = "open"' if key.startswith(("until", "group")) else ""
    return f'{bound}\nspacing.preferred = "1 month"'


# ---- what is complete ----


def test_the_page_of_keys_is_the_one_that_the_types_give(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        (GUIDE / "keys.md").write_text(key_table(), "utf-8")
    else:
        assert key_table() == page("keys")


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= MOST_LINES
    assert len(README.encode()) <= MOST_BYTES


@pytest.mark.parametrize("name", [name for name in GUIDE_PAGES if not name.endswith("/keys.md")])
def test_a_page_is_read_in_five_minutes(name: str) -> None:
    assert len(PAGES[name].split()) <= MOST_WORDS


def test_the_readme_names_every_command() -> None:
    named = re.findall(r"^\| `hairplan (\w+)[^|]*` \| .* \|$", README, re.MULTILINE)
    assert sorted(named) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(hairplan: Callable[[str], Ran], command: str) -> None:
    options = set(re.findall(r"--[a-z-]+", hairplan(f"{command} -h").out))
    assert options
    assert options - {"--help"} <= set(re.findall(r"--[a-z-]+", EVERYTHING))


def test_the_readme_links_every_page() -> None:
    linked = {target.partition("#")[0] for target in links(README)}
    assert set(GUIDE_PAGES) <= linked


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    for target in links(PAGES[name]):
        path, _, anchor = target.partition("#")
        file = ((ROOT / name).parent / path).resolve() if path else ROOT / name
        assert file.exists(), target
        assert file.is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(file.read_text("utf-8")), target


def links(text: str) -> Iterator[str]:
    """Yield the targets of the links inside the repository."""
    for target in re.findall(r"\]\(([^)]*)\)", without_blocks(text)):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(text: str) -> set[str]:
    """Return what GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", without_blocks(text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_room_is_in_the_guide() -> None:
    rows = re.findall(r"^\| (`[^|]*`) \|", page("developing"), re.MULTILINE)
    rooms = {room for row in rows for room in re.findall(r"`(\w+)`", row)}
    folder = ROOT / "hairplan"
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}
    assert packages <= rooms <= packages | modules


def test_every_benchmark_is_in_the_guide() -> None:
    named = set(re.findall(r"^\| `(\w+\.py)` \|", page("developing"), re.MULTILINE))
    assert named == {path.name for path in (ROOT / "tests" / "benchmarks").glob("*.py")}


def test_the_fields_of_templates_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| `\{(\w+)\}` \| (.*) \|$", page("calendar"), re.MULTILINE)
    assert dict(rows) == FIELDS


# ---- the package ----


@pytest.mark.parametrize("name", [name for name in package.__all__ if name != "__version__"])
def test_every_exported_name_is_there_and_documented(name: str) -> None:
    assert getattr(package, name).__doc__
    assert re.search(rf"\b{name}\b", page("python"))


def test_the_docstring_of_the_package_runs() -> None:
    results = doctest.testmod(package)
    assert (results.failed, results.attempted) == (0, 5)


# ---- the examples ----


def test_the_schema_beside_the_examples_is_the_one_that_is_printed(
    hairplan: Callable[[str], Ran],
) -> None:
    path = ROOT / "examples" / "protocols" / "hairplan.schema.json"
    assert hairplan("schema").out == path.read_text("utf-8")


def test_every_example_names_its_schema() -> None:
    protocols = set((ROOT / "examples").glob("*/*.toml"))
    # In the folder of lists are settings.
    for path in protocols - set((ROOT / "examples").glob("lists/*.toml")):
        line = path.read_text("utf-8").partition("\n")[0]
        assert (path.parent / line.removeprefix("#:schema ")).is_file()


def test_the_commands_of_the_readme_are_those_that_ci_runs() -> None:
    commands = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert len(commands) == 2
    assert all(command in script for command in commands)


def test_the_example_in_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "examples" / "plan_in_python.py"), run_name="__main__")
    assert capsys.readouterr().out == (
        "A-17: 2026-12-01, 2026-12-15, 2026-12-29, 2029-06-29\n"
        "B-02: transplant-healing: postpone, until 2027-03-01: full healing of the transplant is"
        " recommended first (SMP-6)\n"
        "C-31: 2026-12-02, 2026-12-16, 2026-12-30, 2029-06-30\n"
        "C-31 came late: 2026-12-04, 2026-12-18, 2026-12-31, 2029-06-30\n"
    )


def test_the_example_files_make_a_plan(hairplan: Callable[[str], Ran], tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    ran = hairplan(
        "schedule smp --start 2026-12-01 --patient examples/anna.toml"
        " --config examples/clinic.toml -f csv"
    )
    days = [row.split(",")[9] for row in ran.out.splitlines() if ",session,course-" in row]
    assert days == ["2026-12-01", "2026-12-11", "2026-12-23"]
    assert ran.err == "examples/anna.toml: smp does not ask for answers anticoagulants: left out\n"
