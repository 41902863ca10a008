"""What the README shows is what the program does: its commands are run and compared.

In an example `...` stands for any lines. Of the README, `pytest --update-golden` writes the table
of keys anew.
"""

import doctest
import re
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran, own_protocol

from hairplan.clinic.templates import FIELDS
from hairplan.protocol.schema import key_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
GUIDE = README.partition("## Your own protocols")[2].partition("## Exit codes")[0]
BLOCKS = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^\$ hairplan (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_commands_of_the_readme_print_what_it_shows(
    block: str, hairplan: Callable[[str], Ran], tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    examples = EXAMPLE.findall(block)
    assert examples, "a block shows a command of ours"
    for command, expected in examples:
        ran = hairplan(command)
        found = (ran.out + ran.err).replace("\r\n", "\n")
        pattern = re.escape(expected).replace(re.escape("...\n"), "(?:.*\n)*")
        assert re.fullmatch(pattern, found), found
        assert expected.replace("...\n", "").strip(), "an example shows something"


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL))
def test_a_step_of_the_guide_stands_in_its_file(block: str) -> None:
    files = [path.read_text("utf-8") for path in sorted((ROOT / "examples/guide").glob("*.toml"))]
    assert any(block in text for text in files)


def test_the_rhythms_of_the_guide_are_valid() -> None:
    rows = re.findall(r"^\| (`[^|]*`) \|", GUIDE, re.MULTILINE)
    assert len(rows) == 14
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


def test_the_table_of_keys_is_the_one_that_the_types_give(
    request: pytest.FixtureRequest,
) -> None:
    before, _, rest = README.partition("<!-- keys -->\n")
    _, _, after = rest.partition("<!-- end of keys -->\n")
    table = key_table().replace("\n## ", "\n### ").replace("# The keys", "## The keys", 1)
    expected = f"{before}<!-- keys -->\n{table}<!-- end of keys -->\n{after}"
    if request.config.getoption("--update-golden"):
        (ROOT / "README.md").write_text(expected, "utf-8")
    else:
        assert expected == README


def test_the_schema_beside_the_examples_is_the_one_that_is_printed(
    hairplan: Callable[[str], Ran],
) -> None:
    path = ROOT / "examples" / "protocols" / "hairplan.schema.json"
    assert hairplan("schema").out == path.read_text("utf-8")


def test_every_example_names_its_schema() -> None:
    for path in (ROOT / "examples").glob("*/*.toml"):
        line = path.read_text("utf-8").partition("\n")[0]
        assert (path.parent / line.removeprefix("#:schema ")).is_file()


def test_the_readme_has_examples() -> None:
    assert len(BLOCKS) >= 6


def test_the_python_of_the_readme_runs() -> None:
    code = "".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(code, {}, "README", "README.md", 0)
    results = doctest.DocTestRunner().run(test)
    assert (results.failed, results.attempted) == (0, 19)


def test_the_docstring_of_the_package_runs() -> None:
    import hairplan

    results = doctest.testmod(hairplan)
    assert (results.failed, results.attempted) == (0, 5)


def test_the_readmes_test_command_is_the_one_that_ci_runs() -> None:
    commands = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert len(commands) == 2
    assert all(command in script for command in commands)


@pytest.mark.parametrize("command", ["schedule", "batch", "record"])
def test_every_option_is_in_the_readme(hairplan: Callable[[str], Ran], command: str) -> None:
    named = set(re.findall(r"--[a-z-]+", hairplan(f"{command} -h").out))
    assert named - {"--help"} <= set(re.findall(r"--[a-z-]+", README))


def test_the_example_in_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "examples" / "plan_in_python.py"), run_name="__main__")
    assert capsys.readouterr().out == (
        "A-17: 2026-12-01, 2026-12-15, 2026-12-29, 2029-06-29\n"
        "B-02: transplant-healing: postpone, until 2027-03-01: the transplant has to heal first"
        " (SMP-6)\n"
        "C-31: 2026-12-02, 2026-12-16, 2026-12-30, 2029-06-30\n"
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


def test_the_fields_of_templates_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| `\{(\w+)\}` \| (.*) \|$", README, re.MULTILINE)
    assert dict(rows) == FIELDS
