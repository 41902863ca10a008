"""The first settings of a clinic as a file: a comment on each, and those that are open as examples.

Every example is a line that holds as it is, once its `#` is taken away.
"""

from typing import Final

from msgspec import Struct

from hairplan.clinic.toml_text import format_value


class FirstSettings(Struct, frozen=True, kw_only=True):
    """The settings that a clinic is asked for first.

    Attributes:
        closed: weekly closed days.
        holidays: regions whose public holidays close the clinic.
        zone: the time zone.
        time: the usual time of day.
        plans: the folder of plan files.
    """

    closed: tuple[str, ...] = ()
    holidays: tuple[str, ...] = ()
    zone: str | None = None
    time: str | None = None
    plans: str | None = None


def format_config(settings: FirstSettings) -> str:
    """Return a configuration file."""
    lines = [_HEAD]
    for key, (comment, example) in _KEYS.items():
        value = getattr(settings, key, None)
        line = f"{key} = {format_value(value)}" if value else f"# {key} = {example}"
        lines.append(f"# {comment}\n{line}\n")
    return "\n".join([*lines, _TREATMENTS])


_HEAD: Final = """\
# The clinic's settings: what is the same for every patient. An option of a command comes before
# what is stated here. `hairplan config` shows each value, and where it is from.
"""
_KEYS: Final = {
    "closed": ("Weekly closed days.", '["sat", "sun"]'),
    "holidays": ("Regions whose public holidays close the clinic.", '["FR"]'),
    "closures": (
        "Other closed days, of one year or of every year.",
        '["2026-12-24..2027-01-03=winter holiday", "08-01..08-15=summer"]',
    ),
    "open": ("Days on which it is open, whatever closes it.", '["2026-12-05"]'),
    "zone": ("The time zone of appointments.", '"Europe/Paris"'),
    "time": ("When appointments begin, as a rule.", '"14:30"'),
    "duration": ("How long they last, in place of each protocol's own length.", '"45 minutes"'),
    "place": ("Where they are.", '"Room 2"'),
    "plans": (
        "The folder in which `hairplan status A-17` looks a patient's reference up.", '"plans"',
    ),
    "dates": ("How 03/04/2026 is meant: dmy, mdy or ymd.", '"dmy"'),
    "view": ("A plan at a glance (desk), or all there is to say of it (full).", '"full"'),
}  # fmt: skip
_TREATMENTS: Final = """\
# What differs by treatment.
# [treatments.smp]
# time = "9:00"
# duration = "3 hours"

# The clinic, as the patient's sheet names it.
# [clinic]
# name = "Clinic"
# phone = "01 23 45 67 89"
"""
