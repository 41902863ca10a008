"""A clinic's own protocols: by path, by name from its folder, and beside the built-in ones."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OWN, Ran, day

from hairplan import InputError, PlanRequest, load_protocol, make_plan

Run = Callable[[str], Ran]
COURSE = """
[[steps]]
id = "course"
name = "session"
count = 2
spacing.preferred = "1 week"
"""
PRP = OWN.replace('"own"', '"prp"') + COURSE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make the folder beside the configuration file, with one protocol in it."""
    found = tmp_path / "xdg" / "hairplan" / "protocols"
    found.mkdir(parents=True)
    (found / "prp.toml").write_text(PRP)
    return found


def days(ran: Ran) -> list[str]:
    return [each["planned"] for each in json.loads(ran.out)["sessions"]]


def test_a_file_is_planned_with_by_its_path(hairplan: Run, tmp_path: Path) -> None:
    Path("prp.toml").write_text(PRP)
    for path in ("./prp.toml", "prp.toml", str(tmp_path / "prp.toml")):
        ran = hairplan(f"schedule {path} --start 2027-01-04 -f json")
        assert (days(ran), ran.err) == (["2027-01-04", "2027-01-11"], "")


@pytest.mark.usefixtures("folder")
def test_a_file_in_the_clinics_folder_goes_by_its_name(hairplan: Run) -> None:
    assert len(days(hairplan("schedule prp --start 2027-01-04 -f json"))) == 2
    assert hairplan("screen prp").code == 0
    assert hairplan("show prp").out.startswith("Our own (prp 3, 2026-11-01)\n")
    assert hairplan("validate prp").code == 1


def test_the_folder_may_be_named(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("ours").mkdir()
    Path("ours/prp.toml").write_text(PRP)
    assert hairplan("schedule prp --protocols ours --start 2027-01-04").code == 0
    monkeypatch.setenv("HAIRPLAN_PROTOCOLS", "ours")
    assert hairplan("schedule prp --start 2027-01-04").code == 0
    rows = hairplan("config").out.splitlines()
    assert rows[-1].split() == ["protocols", "ours", "HAIRPLAN_PROTOCOLS"]
    rows = hairplan("config --protocols ours").out.splitlines()
    assert rows[-1].split() == ["protocols", "ours", "--protocols"]
    assert hairplan("list --protocols nowhere") == (
        2,
        "",
        "error: protocols: 'nowhere' is no folder\n",
    )


def test_the_list_shows_the_clinics_own_beside_the_built_in_ones(
    hairplan: Run, folder: Path
) -> None:
    ran = hairplan("list")
    assert ran.out.splitlines()[0].split() == ["Treatment", "Name", "What", "it", "is", "From"]
    (row,) = (line for line in ran.out.splitlines() if line.startswith("prp "))
    assert row.split() == ["prp", "Our", "own", "a", "test", "prp.toml"]
    assert ran.out.count("built in") == 4
    listed = {each["id"]: each["path"] for each in json.loads(hairplan("list -f json").out)}
    assert (listed["prp"], listed["smp"]) == (f"{folder}/prp.toml", None)


def test_a_faulty_file_is_listed_as_such_and_hides_no_other(hairplan: Run, folder: Path) -> None:
    (folder / "broken.toml").write_text(PRP.replace("count = 2", "count = -2"))
    (folder / "other.toml").write_text(PRP)
    ran = hairplan("list")
    assert ran.code == 1
    assert "prp " in ran.out
    assert ran.err.splitlines() == [
        f"error: {folder}/broken.toml: steps[1].count: -2 is less than 1",
        f"error: {folder}/other.toml: id: 'prp' is not the file's name, 'other'",
    ]


def test_the_clinics_own_holds_in_place_of_a_built_in_one_and_says_so(
    hairplan: Run, folder: Path
) -> None:
    (folder / "smp.toml").write_text(PRP.replace('"prp"', '"smp"'))
    ran = hairplan("schedule smp --start 2027-01-04 -f json")
    assert len(days(ran)) == 2
    assert ran.err == f"smp: the clinic's own, {folder}/smp.toml, in place of the built-in one\n"


@pytest.mark.usefixtures("folder")
def test_the_configuration_may_speak_of_own_treatments(hairplan: Run, tmp_path: Path) -> None:
    config = tmp_path / "xdg" / "hairplan" / "config.toml"
    config.write_text("[treatments.prp]\nspacing = '2 weeks'\n")
    assert days(hairplan("schedule prp --start 2027-01-04 -f json"))[1] == "2027-01-18"
    config.write_text("[treatments.far]\nspacing = '2 weeks'\n")
    Path("far.toml").write_text(PRP.replace('"prp"', '"far"'))
    assert days(hairplan("schedule ./far.toml --start 2027-01-04 -f json"))[1] == "2027-01-18"
    assert hairplan("schedule smp --start 2027-01-04").err == (
        f"error: {config}: treatments.far: no such treatment; there are: mesopecia, mesotherapy,"
        " microneedling, prp, smp\n"
    )


def test_a_patients_file_may_answer_what_own_treatments_ask(hairplan: Run, folder: Path) -> None:
    (folder / "prp.toml").write_text(PRP + "[questions]\nplatelets = { ask = 'few platelets?' }\n")
    (folder / "broken.toml").write_text("x")
    Path("anna.toml").write_text("[answers]\nplatelets = 'no'\n[events]\ntransplant = 2020-01-01\n")
    assert hairplan("schedule smp --start 2027-01-04 --patient anna.toml").err == (
        "anna.toml: smp does not ask for answers platelets: left out\n"
    )


def test_several_days_of_an_event(hairplan: Run) -> None:
    Path("cap.toml").write_text(
        OWN + '[[steps]]\nid = "cap"\nname = "cap"\nanchor = "events.infusion"\n'
        "offsets = ['0 days']\n[events]\ninfusion = { label = 'infusion' }\n"
    )
    given = "--event infusion=2027-02-01 --event infusion=2027-01-11 -e infusion=2027-01-25"
    ran = hairplan(f"schedule ./cap.toml --start 2027-01-04 {given} -f json")
    assert days(ran) == ["2027-01-11", "2027-01-25", "2027-02-01"]


def test_a_plan_remembers_version_date_and_digest() -> None:
    Path("prp.toml").write_text(PRP)
    Path("same.toml").write_text(f"# a comment\n{PRP}\n\n")
    Path("other.toml").write_text(PRP.replace("1 week", "2 weeks"))
    plans = [
        make_plan(load_protocol(Path(name)), PlanRequest(start=day("2027-01-04"))).protocol
        for name in ("prp.toml", "same.toml", "other.toml")
    ]
    assert (plans[0].version, str(plans[0].date), len(plans[0].digest)) == ("3", "2026-11-01", 64)
    assert plans[0] == plans[1] != plans[2]
    # A figure of the clinic's own is not the protocol's.
    text = PRP.replace("spacing.preferred", "figures.spacing = { strength = 'default' }\n"
                       "spacing.preferred")  # fmt: skip
    Path("prp.toml").write_text(text)
    own = load_protocol("prp.toml")
    asked = PlanRequest(start=day("2027-01-04"), figures={"course.spacing.preferred": "2 weeks"})
    changed, plain = (
        make_plan(own, asked),
        make_plan(own, PlanRequest(start=day("2027-01-04"))),
    )
    assert changed.protocol == plain.protocol
    assert changed.sessions != plain.sessions


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("./nobody.toml", "./nobody.toml: cannot be read: No such file or directory"),
        ("here/", "here: cannot be read: Is a directory"),
        ("round.toml", "round.toml: cannot be read: Too many levels of symbolic links"),
        (
            "newer.toml",
            "newer.toml: format: 2 is newer than this hairplan reads (1): install a newer hairplan,"
            " or ask for the file in format 1",
        ),
    ],
)
def test_a_file_that_is_no_use_is_said_in_one_line(path: str, expected: str, hairplan: Run) -> None:
    Path("here").mkdir()
    Path("round.toml").symlink_to("round.toml")
    Path("newer.toml").write_text(PRP.replace("format = 1", "format = 2\nnew-key = 3"))
    for command in ("schedule", "show", "screen"):
        ran = hairplan(f"{command} {path}")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.replace("./nobody", "nobody") == f"error: {expected}\n".replace(
            "./nobody", "nobody"
        )


def test_the_schema_line_is_added_once(hairplan: Run) -> None:
    Path("prp.toml").write_text("#:schema ./other.json\n" + PRP)
    assert hairplan("show ./prp.toml --toml").out.startswith("#:schema ./other.json\nformat")
    Path("prp.toml").write_text(PRP)
    assert hairplan("show ./prp.toml --toml").out.startswith(
        "#:schema ./hairplan.schema.json\nformat"
    )


def test_a_changed_figure_in_a_list_is_found_by_its_number() -> None:
    Path("prp.toml").write_text(
        PRP.replace('spacing.preferred = "1 week"', 'spacing = [{ preferred = "1 week" }]\n'
                    "figures.spacing = { strength = 'default' }")
    )  # fmt: skip
    own = load_protocol("prp.toml")
    asked = {"course.spacing.1.preferred": "9 days"}
    plan = make_plan(own, PlanRequest(start=day("2027-01-04"), figures=asked))
    assert str(plan.sessions[1].planned) == "2027-01-13"
    with pytest.raises(InputError) as error:
        make_plan(own, PlanRequest(start=day("2027-01-04"), spacing="9 days"))
    assert error.value.faults == (
        "spacing.course: its rhythm is not one interval that could be another",
    )


def test_a_name_beside_a_file_of_that_name_is_taken_for_the_file(hairplan: Run) -> None:
    Path("prp.toml").write_text(PRP)
    assert "treatment: no 'prp' (did you mean './prp.toml'?)" in hairplan("schedule prp").err


def test_a_figure_of_the_clinics_own_is_changed_in_the_file(hairplan: Run) -> None:
    Path("prp.toml").write_text(PRP)
    ran = hairplan("schedule ./prp.toml --figure course.count=3 --start 2027-01-04")
    assert ran.err == (
        "error: figures.course.count: this is the clinic's own: change it in the file\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[steps]\nid = 'x'\n[steps]\n",
            "[steps] stands here for the second time; of several, each begins with [[steps]]",
        ),
        ("[tasks.a]\n[tasks.a]\n", "[tasks.a] stands here for the second time"),
    ],
)
def test_a_table_that_stands_there_twice(text: str, expected: str, hairplan: Run) -> None:
    Path("prp.toml").write_text(OWN + text)
    assert expected in hairplan("schedule ./prp.toml").err


def test_a_file_of_another_name_than_its_id_is_found_by_neither(
    hairplan: Run, folder: Path
) -> None:
    (folder / "other.toml").write_text(PRP)
    ran = hairplan(f"validate {folder}/other.toml")
    assert ran.out.splitlines()[1] == (
        f"{folder}/other.toml: warning: id: 'prp' is not the file's name, 'other', by which it is"
        " found"
    )


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("course.weekdays=mon, wed", 0),
        ("course.weekdays=mon, wen", 2),
        ("course.durations=1 hour, 2 hours", 0),
        ("course.price.1=5", 2),
        ("course.price=5", 2),
    ],
)
def test_a_default_in_a_list_is_changed_in_the_form_in_which_it_is_shown(
    figure: str, expected: int, hairplan: Run
) -> None:
    text = (
        OWN + '[[steps]]\nid = "course"\nname = "x"\ncount = 3\nweekdays = ["mon", "tue"]\n'
        'durations = ["2 hours"]\nprice = [{ min = 1, max = 2, currency = "EUR" }]\n'
        'strength = "default"\n'
    )
    Path("own.toml").write_text(text)
    ran = hairplan(f"schedule ./own.toml --start 2027-01-04 --figure '{figure}'")
    assert ran.code == expected, ran.err
