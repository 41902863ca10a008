"""The strength of a figure: said, or told by its source, or by the head of the file."""

import pytest
from conftest import own_plan, own_protocol

from hairplan.planner.protocol_warnings import warnings_of
from hairplan.protocol.figures import cover_by_head

FACTS = "[facts]\nA-1 = 'a'\nB-1 = 'b'\n"


def strengths(head: str, step: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the strength and the sources of the step's figures, and of the milestone's."""
    text = (
        f"{head}\n[steps]\nid = 'course'\nname = 'session'\ncount = 2\n"
        f"spacing = '1 week'\n{step}\n[milestones]\nlook = {{ label = 'look', after = '1 day' }}\n"
    )
    figures = own_plan(text + FACTS).figures
    wanted = {"course.count", "course.spacing.preferred", "milestones.look.after"}
    return {each.figure: (each.strength, each.sources) for each in figures if each.figure in wanted}


@pytest.mark.parametrize(
    ("head", "step", "expected"),
    [
        ("", "", [("clinic", ()), ("clinic", ()), ("clinic", ())]),
        ("", "source = 'A-1'", [("sourced", ("A-1",)), ("sourced", ("A-1",)), ("clinic", ())]),
        (
            "",
            "source = 'A-1'\nstrength = 'read'\nfigures.count.source = 'B-1'",
            [("read", ("B-1",)), ("read", ("A-1",)), ("clinic", ())],
        ),
        (
            "",
            "strength = 'default'\nfigures.count.source = 'B-1'",
            [("sourced", ("B-1",)), ("default", ()), ("clinic", ())],
        ),
        (
            "",
            "source = 'A-1'\nfigures.count.strength = 'default'",
            [("default", ()), ("sourced", ("A-1",)), ("clinic", ())],
        ),
        # the head speaks for what says nothing
        ("strength = 'default'", "", [("default", ())] * 3),
        (
            "strength = 'clinic'",
            "source = 'A-1'",
            [("sourced", ("A-1",)), ("sourced", ("A-1",)), ("clinic", ())],
        ),
        (
            "source = 'B-1'\nstrength = 'read'",
            "strength = 'clinic'",
            [("clinic", ()), ("clinic", ()), ("read", ("B-1",))],
        ),
        # a source of the head alone is that of the head's own figures
        ("source = 'B-1'", "", [("clinic", ()), ("clinic", ()), ("clinic", ())]),
    ],
)
def test_what_a_figure_rests_on(
    head: str, step: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert list(strengths(head, step).values()) == expected


def test_the_head_spares_the_warning_that_nothing_is_said() -> None:
    step = "[steps]\nid = 'course'\nname = 'session'\n"
    assert warnings_of(own_protocol(step)) == [
        'steps[1]: neither source nor strength: the clinic\'s own is strength = "clinic"'
    ]
    assert warnings_of(own_protocol("strength = 'clinic'\n" + step)) == []
    assert warnings_of(own_protocol("strength = 'sourced'\n" + step)) == [
        "steps[1].source: missing: sourced from what?"
    ]


def test_a_protocol_without_a_strength_of_its_own_is_left_as_it_is() -> None:
    protocol = own_protocol("[steps]\nid = 'course'\nname = 'session'\n")
    assert cover_by_head(protocol) is protocol
