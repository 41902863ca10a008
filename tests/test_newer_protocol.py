"""Plans that go over to another version of their protocol, and those that are told of one."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OWN, Ran, day
from msgspec import structs

from hairplan import Adopted, Ended, Entry, InputError, Skipped, load_protocol
from hairplan.cli.plan_files import place_from
from hairplan.files.plan_file import append_entry, decode, encode
from hairplan.follow.due_rows import Due
from hairplan.follow.newer_protocol import PresentProtocols
from hairplan.follow.worklist import read_due
from hairplan.history import Happening
from hairplan.protocol.model import Protocol

Run = Callable[[str], Ran]

COURSE = """
[[steps]]
id = "course"
name = "x"
count = 3
spacing = { min = "5 days", preferred = "%s" }
"""


def write(path: str, version: str = "3", spacing: str = "2 weeks", more: str = "") -> None:
    head = OWN.replace('version = "3"', f'version = "{version}"')
    Path(path).write_text(head + COURSE % spacing + more)


@pytest.fixture
def kept(hairplan: Run) -> Path:
    write("own.toml")
    ran = hairplan("schedule ./own.toml --start 2026-12-01 --save p.plan.json --today 2026-11-01")
    assert ran.code == 0
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    return Path("p.plan.json")


def add(path: Path, *what: Happening, on: str = "2026-12-02") -> None:
    """Record something without a look at it."""
    at = dt.datetime.combine(day(on), dt.time(9), dt.UTC)
    file = append_entry(decode(path.read_bytes(), str(path)), Entry(at=at, on=day(on), what=what))
    path.write_bytes(encode(file))


def days(hairplan: Run, path: Path, today: str) -> dict[str, str]:
    plan = json.loads(hairplan(f"schedule {path} -f json --today {today}").out)
    return {each["id"]: each["planned"] for each in plan["sessions"]}


SAYS = (
    "own 4 is there, and this plan follows 3: hairplan record p.plan.json --newest --dry-run shows"
    " what it would change"
)


# ---- to be told of it ----


def test_status_says_that_another_version_is_there(hairplan: Run, kept: Path) -> None:
    assert json.loads(hairplan(f"status {kept} -f json").out)["newer"] is None
    write("own.toml", "4")
    assert SAYS in hairplan(f"status {kept} --today 2026-12-02 --full").out.splitlines()
    assert json.loads(hairplan(f"status {kept} -f json").out)["newer"] == SAYS
    # A number that nobody raised makes no difference.
    write("own.toml", spacing="3 weeks")
    assert "own 3 is there, and this plan follows another 3: " in hairplan(f"status {kept}").out


def test_due_says_so_after_all_that_is_to_be_done(hairplan: Run, kept: Path) -> None:
    write("own.toml", "4")
    ran = hairplan(f"due {kept} --on 2026-12-02 --full")
    assert "ANOTHER VERSION OF THE PROTOCOL" in ran.out
    assert ran.err == "1 plan: 2 to book, 1 with another version of the protocol\n"
    (*_, row) = json.loads(hairplan(f"due {kept} --on 2026-12-02 -f json").out)
    assert (row["what"], row["says"], row["session"]) == ("protocol", SAYS, None)
    assert [each.what for each in read_due(kept, day("2026-12-02")) if isinstance(each, Due)] == [
        "to book",
        "to book",
    ]


def test_a_name_is_looked_for_among_the_protocols_of_the_clinic(hairplan: Run) -> None:
    Path("clinic").mkdir()
    write("clinic/own.toml")
    folder = "--protocols clinic"
    hairplan(f"schedule own {folder} --start 2026-12-01 --save p.plan.json --today 2026-11-01")
    write("clinic/own.toml", "4")
    assert SAYS in hairplan(f"status p.plan.json {folder}").out
    assert "own 4" not in hairplan("status p.plan.json").out
    assert hairplan(f"record p.plan.json --newest {folder} --today 2026-11-02").code == 0
    assert "own 4" not in hairplan(f"status p.plan.json {folder}").out


@pytest.mark.parametrize("text", [None, "not = [", 'id = "x"'])
def test_a_file_that_is_gone_or_broken_tells_nothing(
    hairplan: Run, kept: Path, text: str | None
) -> None:
    Path("own.toml").unlink()
    if text:
        Path("own.toml").write_text(text)
    ran = hairplan(f"status {kept} --today 2026-12-02")
    assert (ran.code, "is there" in ran.out) == (0, False)


@pytest.mark.parametrize("what", [Ended(day("2026-12-02")), None])
def test_a_plan_that_is_over_is_told_of_none(
    hairplan: Run, kept: Path, what: Happening | None
) -> None:
    write("own.toml", "4")
    add(kept, *([what] if what else [Skipped("course-2"), Skipped("course-3")]))
    assert "is there" not in hairplan(f"status {kept} --today 2026-12-02").out


def test_each_protocol_is_looked_up_once_for_many_plans(
    hairplan: Run, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[object] = []

    def counted(name: str, folder: Path | None) -> Protocol:
        looked_up.append(name)
        return load_protocol(name, folder)

    monkeypatch.setattr("hairplan.follow.newer_protocol.load_protocol", counted)
    Path("q.plan.json").write_bytes(kept.read_bytes())
    protocols = PresentProtocols(None)
    for path in (kept, Path("q.plan.json")):
        read_due(path, day("2026-12-02"), protocols)
    assert len(looked_up) == 1
    assert hairplan("due .").code == 0


# ---- to go over to it ----


def test_what_if_shows_the_version_and_what_follows(hairplan: Run, kept: Path) -> None:
    write("own.toml", "4", "3 weeks")
    before = kept.read_bytes()
    ran = hairplan(f"record {kept} --protocol ./own.toml --today 2026-12-02 --dry-run --full")
    assert ran.code == 0
    assert ran.out.splitlines()[2:6] == [
        "PROTOCOL",
        "own: 3 -> 4",
        "",
        "SESSIONS",
    ]
    assert "course-2: Tue 2026-12-15 -> Tue 2026-12-22 (+7 days)" in ran.out
    assert kept.read_bytes() == before


def test_what_was_done_stays_and_the_rest_follows_the_new_version(
    hairplan: Run, kept: Path
) -> None:
    before = days(hairplan, kept, "2026-12-02")
    write("own.toml", "4", "3 weeks")
    assert hairplan(f"record {kept} --newest --today 2026-12-02").code == 0
    assert days(hairplan, kept, "2026-12-02") == {
        "course-1": "2026-12-01",
        "course-2": "2026-12-22",
        "course-3": "2027-01-12",
    }
    assert "(own 4)" in hairplan(f"schedule {kept} --today 2026-12-02").out
    assert "follows own 4 from now on" in " ".join(hairplan(f"history {kept}").out.split())
    # The plan's file has a copy of its own, and its steps are those of the new version.
    Path("own.toml").unlink()
    assert hairplan(f"record {kept} --done course-2=2026-12-22 --today 2026-12-22").code == 0
    assert hairplan(f"undo {kept} 3 --today 2026-12-22").code == 0
    assert hairplan(f"undo {kept} 2 --today 2026-12-02").code == 0
    assert days(hairplan, kept, "2026-12-02") == before


def test_a_new_version_puts_nothing_before_the_day_on_which_it_was_adopted(
    hairplan: Run, kept: Path
) -> None:
    write("own.toml", "4", "1 week")
    assert hairplan(f"record {kept} --newest --today 2026-12-12").code == 0
    for today in ("2026-12-12", "2027-02-01"):
        assert days(hairplan, kept, today)["course-2"] == "2026-12-12"


def test_a_plan_goes_over_and_takes_more_in_one_step(hairplan: Run, kept: Path) -> None:
    write("own.toml", "4")
    options = "--newest --booked course-2"
    assert hairplan(f"record {kept} {options} --today 2026-12-02").code == 0
    assert hairplan(f"history {kept} -f json").out.count('"what": "') == 3


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--newest", ["--newest: this plan follows own 3 already"]),
        ("--protocol ./own.toml", ["--protocol: this plan follows own 3 already"]),
        ("--newest --protocol smp", ["--protocol and --newest: give one of the two"]),
        (
            "--protocol smp",
            ["--protocol: this plan is one of own, and smp is another treatment"],
        ),
        (
            "--protocol ./less.toml",
            [
                "own 5 does not fit this plan",
                "history: no session course-1; there are: other-1..3",
            ],
        ),
    ],
)
def test_what_a_plan_cannot_go_over_to_is_refused(
    hairplan: Run, kept: Path, options: str, says: list[str]
) -> None:
    write("less.toml", "5")
    less = Path("less.toml")
    less.write_text(less.read_text().replace('id = "course"', 'id = "other"'))
    before = kept.read_bytes()
    ran = hairplan(f"record {kept} {options} --today 2026-12-02")
    assert (ran.code, ran.err.splitlines()) == (2, [f"error: {each}" for each in says])
    assert kept.read_bytes() == before


def test_the_newest_of_a_file_that_is_gone_is_to_be_named(hairplan: Run, kept: Path) -> None:
    Path("own.toml").unlink()
    ran = hairplan(f"record {kept} --newest --today 2026-12-02")
    assert (ran.code, ran.err) == (
        2,
        "error: --newest: no protocol own is there any more: name its file with --protocol\n",
    )


# ---- in the plan's file ----


def test_the_place_of_a_protocol_is_seen_from_the_file_of_the_plan(hairplan: Run) -> None:
    Path("plans").mkdir()
    write("own.toml")
    hairplan("schedule ./own.toml --save plans/p.plan.json --today 2026-11-01")
    kept = json.loads(Path("plans/p.plan.json").read_bytes())["protocol"]
    assert kept["path"] == "../own.toml"
    assert place_from(Path("p.plan.json"), "smp") is None
    hairplan("schedule smp --save plans/q.plan.json --today 2026-11-01")
    assert "path" not in json.loads(Path("plans/q.plan.json").read_bytes())["protocol"]


def test_a_place_that_is_changed_by_hand_shows(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes().replace(b'"path": "own.toml"', b'"path": "other.toml"'))
    with pytest.raises(InputError, match="protocol or request was changed by hand"):
        decode(kept.read_bytes(), "p.plan.json")


def test_a_protocol_that_was_adopted_has_to_be_what_its_digest_is_of(kept: Path) -> None:
    text = kept.read_text()
    protocol = json.loads(text)["protocol"]
    adopted = Adopted("own", "4", "0" * 64, protocol["text"])
    add(kept, adopted)
    with pytest.raises(InputError) as found:
        decode(kept.read_bytes(), "p.plan.json")
    assert found.value.faults == (
        f"p.plan.json: history[2].what[1].text: is not what digest, {'0' * 64}, is of",
    )
    kept.write_text(text)
    add(kept, structs.replace(adopted, text="not = ["))
    with pytest.raises(InputError, match=r"^p.plan.json: history\[2\].what\[1\].text: "):
        decode(kept.read_bytes(), "p.plan.json")
