"""The templates with which a clinic words its calendars: for which items, and with which fields.

A template is a text with fields such as `{count}`, one for the title and one for the text of each
kind of item. A field without a value is left out. Titles are what a locked phone shows, so a
patient's are neutral, and a template that would change that is warned of.
"""

import re
from typing import Final, Literal

from hairplan.errors import nearest

ItemKind = Literal["session", "restriction", "task", "review", "routine"]
Audience = Literal["patient", "practice"]
Details = Literal["brief", "full"]
CareMode = Literal["changes", "bars", "none"]

AUDIENCES: Final[tuple[Audience, ...]] = ("patient", "practice")

FIELDS: Final = {
    "kind": 'a neutral word for it, such as "Appointment", "Follow-up" or "Care begins"',
    "count": 'which of how many, such as "2 of 3"',
    "nth": 'the same in short, such as "2/3"; nothing where nobody knows how many',
    "day": 'its day, such as "Tuesday 15 December 2026"; for the practice "Tue 2026-12-15"',
    "window": "the days that keep to the protocol",
    "resume": "the day on which a restriction is over",
    "place": "where it is",
    "label": "what the protocol calls it, which may name a product",
    "session": "the appointment that it is or belongs to, such as course-2",
    "treatment": "the name of the treatment",
    "ref": "the clinic's reference of the patient; the plan's id where there is none",
    "details": "our own text, by --details",
}
"""The fields of a template, and what each stands for."""

_REVEALING: Final = ("label", "session", "treatment", "ref", "details")
_FIELD: Final = re.compile(r"\{([^{}]*)\}")


def check_template(template: str) -> list[str]:
    """Return what is wrong with a template."""
    faults = [
        f"no field {{{name}}}{nearest(name, list(FIELDS))}; there are:"
        f" {', '.join(f'{{{field}}}' for field in FIELDS)}"
        for name in _FIELD.findall(template)
        if name not in FIELDS
    ]
    if not faults and re.search(r"[{}]", _FIELD.sub("", template)):
        faults.append(f"'{template}': a field is a name in braces, such as {{count}}")
    return faults


def revealing_fields(template: str) -> list[str]:
    """Return the fields of a template that tell who is treated, or for what."""
    return [name for name in _REVEALING if f"{{{name}}}" in template]
