"""`hairplan init`: the clinic's settings written for the first time, by asking five things."""

import datetime as dt
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from msgspec import Struct

from hairplan.cli.clock import today_from, zone_here
from hairplan.cli.new_course import ask
from hairplan.cli.options import Environment, Force, takes
from hairplan.cli.terminal import is_terminal, say
from hairplan.clinic.config_text import FirstSettings, format_config
from hairplan.clinic.options import Flag
from hairplan.clinic.readers import OptionReader, read_region, read_weekday, read_zone
from hairplan.clinic.settings import config_path
from hairplan.dates.clock import time_of_day
from hairplan.errors import InputError


class InitOptions(Struct, kw_only=True):
    """The settings that are stated in place of being asked for."""

    closed: Annotated[str | None, Flag("Weekly closed days, such as sat,sun.", "DAYS")] = None
    holidays: Annotated[
        str | None, Flag("Regions whose public holidays close the clinic: FR, FR-57.", "REGIONS")
    ] = None
    zone: Annotated[str | None, Flag("Its time zone, such as Europe/Paris.", "ZONE")] = None
    time: Annotated[str | None, Flag("The usual time of day, such as 14:30.", "TIME")] = None
    plans: Annotated[
        str | None, Flag("The folder in which patients' references are looked up.", "DIR")
    ] = None
    force: Force = False


@takes(InitOptions, Environment)
def init(options: InitOptions, environment: Environment) -> None:
    """Write the clinic's settings, a commented file, by asking five things in a terminal.

    With any of the five as an option nothing is asked, and the others are left open.
    """
    today_from(environment.today)
    path, _ = config_path(environment.config)
    _check_writable(path, options)
    settings = _stated(options) or _asked()
    _write(path, format_config(settings), options)
    say(f"wrote the settings to {path}: hairplan config shows them, and any editor changes them")


def _check_writable(path: Path, options: InitOptions) -> None:
    """Refuse before anything is asked where there are settings.

    Raises:
        OutputError: there are.
    """
    from hairplan.files.store import check_writable

    check_writable(path, force=options.force)


def _write(path: Path, text: str, options: InitOptions) -> None:
    from hairplan.files.store import make_folder, write_file

    make_folder(path.parent)
    write_file(path, text.encode(), force=options.force)


def _stated(options: InitOptions) -> FirstSettings | None:
    """Return what the options say; None if they say nothing.

    Raises:
        InputError: every fault of them.
    """
    reader = OptionReader(dt.date.min)
    settings = FirstSettings(
        closed=reader.one("--closed", options.closed, _read_weekdays) or (),
        holidays=reader.one("--holidays", options.holidays, _read_regions) or (),
        zone=reader.one("--zone", options.zone, read_zone),
        time=reader.one("--time", options.time, _read_time),
        plans=options.plans,
    )
    if reader.faults:
        raise InputError(*reader.faults)
    given = (options.closed, options.holidays, options.zone, options.time, options.plans)
    return settings if any(text is not None for text in given) else None


def _asked() -> FirstSettings:
    """Ask for the settings in a terminal.

    Raises:
        InputError: there is none, or the input ends.
    """
    if not is_terminal(sys.stdin):
        raise InputError(
            "init: needs a terminal; else give --closed, --holidays, --zone, --time or --plans"
        )
    here = _zone_here()
    zone = f"nothing for this machine's, {here}" if here else "nothing to leave it open"
    return FirstSettings(
        closed=ask("Which days of the week is the clinic closed (sat,sun; nothing for none)?",
                   _read_weekdays) or (),
        holidays=ask("Whose public holidays close it (FR, FR-57, US-CA; nothing for none)?",
                     _read_regions) or (),
        zone=ask(f"Which time zone is it in (Europe/Paris; {zone})?", read_zone) or here,
        time=ask("When do appointments begin as a rule (14:30; nothing to leave it open)?",
                 _read_time),
        plans=ask("In which folder are the patients' plans (plans; nothing for the one that"
                  " hairplan is run in)?", str),
    )  # fmt: skip


def _zone_here() -> str | None:
    with suppress(InputError):
        return zone_here()
    return None


def _read_weekdays(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_weekday(word.strip()) for word in _words(text)))


def _read_regions(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_region(word.strip()) for word in _words(text)))


def _words(text: str) -> list[str]:
    """Return the words of a list; `none` is none, as for the options of `schedule`."""
    return [] if text.strip().lower() == "none" else text.split(",")


def _read_time(text: str) -> str:
    return f"{time_of_day(text):%H:%M}"
