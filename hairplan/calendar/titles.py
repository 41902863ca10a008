"""What calendar items are called and what they say: our words, or a clinic's templates.

A template is a text with fields such as `{count}`, one for the title and one for the text of each
kind of item. What a field has no value for is left out. Titles are what a locked phone shows, so a
patient's are neutral, and a template that would change that is warned of.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

from hairplan.errors import nearest

ItemKind = Literal["session", "restriction", "task", "review", "routine"]
Audience = Literal["patient", "practice"]
Details = Literal["brief", "full"]

FIELDS: Final = {
    "kind": 'a neutral word for it, such as "Appointment" or "Follow-up appointment"',
    "count": 'which of how many, such as "2 of 3"',
    "day": 'its day, such as "Tue 2026-12-15"',
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

REVEALING: Final = ("label", "session", "treatment", "ref", "details")
"""Fields that tell who is treated, or for what."""

_FIELD: Final = re.compile(r"\{([^{}]*)\}")

_TITLES: Final[dict[Audience, dict[ItemKind, str]]] = {
    "patient": {
        "session": "{kind} {count}",
        "restriction": "Care period",
        "task": "Preparation for an appointment",
        "review": "Look at the result",
        "routine": "Home care",
    },
    "practice": {
        "session": "{ref}: {treatment}, {session} ({count})",
        "restriction": "{ref}: {label}",
        "task": "{ref}: {label}",
        "review": "{ref}: {label}",
        "routine": "{ref}: {label}",
    },
}


class Wording(Struct, frozen=True):
    """The templates of all kinds of items: titles, and texts."""

    titles: Mapping[ItemKind, str]
    texts: Mapping[ItemKind, str]


def wording(
    audience: Audience,
    titles: Mapping[ItemKind, str] | None = None,
    texts: Mapping[ItemKind, str] | None = None,
) -> Wording:
    """Return the templates for an audience: a clinic's own before ours."""
    ours = _TITLES[audience]
    return Wording(
        {**ours, **(titles or {})}, {**dict.fromkeys(ours, "{details}"), **(texts or {})}
    )


def filled(template: str, fields: Mapping[str, str]) -> str:
    """Put the values of fields into a template."""
    return template.format_map(fields) if "{" in template else template


def template_faults(template: str) -> list[str]:
    """Return what is wrong with a template."""
    faults = [
        f"no field {{{name}}}{nearest(name, list(FIELDS))}; there are:"
        f" {', '.join(f'{{{each}}}' for each in FIELDS)}"
        for name in _FIELD.findall(template)
        if name not in FIELDS
    ]
    if not faults and re.search(r"[{}]", _FIELD.sub("", template)):
        faults.append(f"'{template}': a field is a name in braces, such as {{count}}")
    return faults


def revealed(template: str) -> list[str]:
    """Return the fields of a template that tell who is treated, or for what."""
    return [name for name in REVEALING if f"{{{name}}}" in template]
