"""A patient's reference in place of the path of a plan file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

Run = Callable[[str], Ran]


@pytest.fixture
def plans(hairplan: Run) -> None:
    Path("plans").mkdir()
    for treatment, ref, name in (
        ("smp", "A-17", "a"), ("smp", "B-2", "b"), ("mesopecia", "B-2", "c"),
    ):  # fmt: skip
        made = f"schedule {treatment} --start 2026-12-01 --ref {ref} --save plans/{name}.plan.json"
        assert hairplan(made).code == 0
    Path("plans/d.plan.json").write_text("{")
    Path("plans/e.plan.json").write_bytes(b"\xff")
    assert hairplan("schedule smp --start 2026-12-01 --save plans/f.plan.json").code == 0


@pytest.mark.usefixtures("plans")
def test_a_reference_stands_for_the_plan_of_the_patient(hairplan: Run) -> None:
    assert hairplan("status A-17").out.startswith("patient  A-17  smp  ")
    recorded = hairplan("record a-17 --booked course-1")
    assert recorded.err == "recorded as entry 1 of plans/a.plan.json\n"
    assert hairplan("undo A-17").err == "recorded as entry 2 of plans/a.plan.json\n"
    assert "booked for Tue 2026-12-01" in hairplan("history A-17").out
    shown = json.loads(hairplan("schedule A-17 -f json").out)
    assert (shown["ref"], shown["protocol"]["id"]) == ("A-17", "smp")


@pytest.mark.usefixtures("plans")
def test_the_folder_of_plans_is_a_setting(hairplan: Run) -> None:
    Path("clinic.toml").write_text('plans = "plans"\n')
    Path("other").mkdir()
    assert hairplan("status A-17 --config clinic.toml").code == 0
    Path("clinic.toml").write_text('plans = "other"\n')
    assert hairplan("status A-17 --config clinic.toml").err == (
        "error: A-17: no file, and no plan in other has that reference\n"
    )


@pytest.mark.usefixtures("plans")
@pytest.mark.parametrize("command", ["status", "record --done course-1", "schedule"])
def test_several_plans_of_a_patient_are_listed(hairplan: Run, command: str) -> None:
    ran = hairplan(f"{command} B-2")
    assert (ran.code, ran.err) == (
        2,
        "error: B-2 has 2 plans: name the file: plans/b.plan.json (smp from Tue 2026-12-01),"
        " plans/c.plan.json (mesopecia from Tue 2026-12-01)\n",
    )


def test_without_a_folder_of_plans_no_deep_folder_is_looked_into(hairplan: Run) -> None:
    Path("near/far").mkdir(parents=True)
    Path(".trash").mkdir()
    for folder in ("near", "near/far", ".trash"):
        plan = f"schedule smp --start 2026-12-01 --ref Z-9 --save {folder}/z.plan.json"
        assert hairplan(plan).code == 0
    assert hairplan("status Z-9").out.startswith("patient  Z-9  smp  ")
    Path("near/z.plan.json").unlink()
    assert (
        hairplan("status Z-9").err == "error: Z-9: no file, and no plan in . has that reference\n"
    )


@pytest.mark.usefixtures("plans")
def test_what_is_no_reference_is_said(hairplan: Run) -> None:
    assert hairplan("status A-71").err == (
        "error: A-71: no file, and no plan in . has that reference (did you mean 'A-17'?)\n"
    )
    assert hairplan("schedule plans/a.plan.json -f json").code == 0
    assert hairplan("schedule ./smp.toml").code == 2
    assert hairplan("status plans/none").err.startswith("error: plans/none: ")
    assert hairplan("schedule smq").err.startswith(
        "error: treatment: no 'smq' (did you mean 'smp'?)"
    )
