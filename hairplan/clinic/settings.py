"""A clinic's settings: its days, zone, place, length and times, and where each value is from.

An option comes before the environment, the environment before the configuration file, and the file
before the default. Closures add up instead: a day that any of them closes is closed; so do opened
days.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from msgspec import Meta, Struct

from hairplan.clinic.templates import Audience, CareMode, Details, ItemKind, check_template
from hairplan.dates.clock import TIME_PATTERN
from hairplan.dates.weekdays import Weekday
from hairplan.dates.written import DateOrder
from hairplan.errors import InputError, nearest
from hairplan.protocol.values import DurationText, LanguageCode, SpanText
from hairplan.request import AnchorRule, OnLate
from hairplan.words import is_text

TimeText = Annotated[str, Meta(pattern=TIME_PATTERN, description="a time such as '14:30'")]
PeriodText = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d{2}-\d{2}(\.\.\d{4}-\d{2}-\d{2})?(=.*)?$",
        description="days such as '2026-12-24..2027-01-02=holiday'",
    ),
]

ClosureText = Annotated[
    str,
    Meta(
        pattern=r"^(\d{4}-)?\d{2}-\d{2}(\.\.(\d{4}-)?\d{2}-\d{2})?(=.*)?$",
        description="days such as '2026-12-24..2027-01-02=holiday', or every year"
        " '08-01..08-15=summer'",
    ),
]


View = Literal["desk", "full"]


class TreatmentConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A clinic's settings for one treatment, under `[treatments.NAME]`.

    Attributes:
        time: the usual time of day of its appointments.
        duration: their length.
        spacing: the interval that the clinic prefers in the course.
        sessions: how many sessions the course has.
        horizon: how far maintenance is planned.
        on_late: how the course goes on after a late session.
        anchor: the day that later sessions count from.
        options: the protocol's choices.
        figures: the clinic's own figures in place of our defaults, by their path.
    """

    time: TimeText | None = None
    duration: DurationText | None = None
    spacing: SpanText | None = None
    sessions: int | None = None
    horizon: SpanText | None = None
    on_late: OnLate | None = None
    anchor: AnchorRule | None = None
    options: dict[str, str] = {}
    figures: dict[str, str] = {}


_NO_SETTINGS: Final = TreatmentConfig()


class ByKind(Struct, frozen=True, forbid_unknown_fields=True):
    """A template for each kind of calendar item that has one."""

    session: str | None = None
    restriction: str | None = None
    task: str | None = None
    review: str | None = None
    routine: str | None = None

    @property
    def given(self) -> dict[ItemKind, str]:
        """Return the templates that are given, by kind."""
        kinds: tuple[ItemKind, ...] = get_args(ItemKind)
        templates = ((kind, getattr(self, kind)) for kind in kinds)
        return {kind: template for kind, template in templates if template is not None}


class Templates(Struct, frozen=True, forbid_unknown_fields=True):
    """The templates of calendar items.

    Attributes:
        titles: templates of titles, which a locked phone shows.
        texts: templates of texts.
    """

    titles: ByKind = ByKind()
    texts: ByKind = ByKind()


class CalendarConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How a clinic wants its calendars, under `[calendar]`.

    Attributes:
        audience: whose calendar it is.
        details: full, or brief for texts without what to do and to avoid.
        alarm: how long before an appointment it rings, such as "1d", or "none".
        name: the name of a calendar in the lists of its subscribers.
        patient: templates for patients.
        practice: templates for the practice.
        care: a patient's care by its changes, as bars, or not at all.
    """

    audience: Audience | None = None
    details: Details | None = None
    alarm: str | None = None
    name: str | None = None
    patient: Templates = Templates()
    practice: Templates = Templates()
    care: CareMode | None = None

    def templates(self) -> Iterator[tuple[str, str]]:
        """Yield every template with its path, such as `patient.titles.session`."""
        for audience in ("patient", "practice"):
            for part in ("titles", "texts"):
                for kind, template in getattr(getattr(self, audience), part).given.items():
                    yield f"{audience}.{part}.{kind}", template


class ClinicConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The clinic as the patient's sheet names it, under `[clinic]`.

    Attributes:
        name: the clinic's name.
        phone: the number to ring, as it is to be read.
        address: where it is.
        hours: when the phone is answered.
        signature: whether the patient signs the sheet.
        paper: the paper that it is printed on.
        large: whether its letters are large.
    """

    name: str | None = None
    phone: str | None = None
    address: str | None = None
    hours: str | None = None
    signature: bool = False
    paper: Literal["a4", "letter"] = "a4"
    large: bool = False


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """A clinic's configuration file.

    Attributes:
        closed: weekly closed days.
        holidays: regions whose public holidays close the clinic.
        closures: other closed days, of one year or of every year.
        zone: the IANA time zone of the clinic.
        place: where appointments are.
        time: the usual time of day.
        duration: the usual length.
        treatments: the settings of single treatments.
        calendar: how calendars are written.
        open: days on which the clinic is open, whatever closes them.
        plans: the folder in which patients' references are looked up.
        view: the plan at a glance, or all there is to say of it.
        clinic: what the patient's sheet says of the clinic.
        dates: the order in which day, month and year are written in figures.
        columns: the columns of lists, by the clinic's own names for them; "" passes over one.
        aliases: treatments, by the clinic's own names for them.
        language: the language that patients read, unless they have one of their own.
        languages: the folder of the clinic's own catalogs, a file for each language.
    """

    closed: tuple[Weekday, ...] = ()
    holidays: tuple[str, ...] = ()
    closures: tuple[ClosureText, ...] = ()
    zone: str | None = None
    place: str | None = None
    time: TimeText | None = None
    duration: DurationText | None = None
    treatments: dict[str, TreatmentConfig] = {}
    calendar: CalendarConfig = CalendarConfig()
    open: tuple[PeriodText, ...] = ()
    plans: str | None = None
    view: View | None = None
    clinic: ClinicConfig = ClinicConfig()
    dates: DateOrder | None = None
    columns: dict[str, str] = {}
    aliases: dict[str, str] = {}
    language: LanguageCode | None = None
    languages: str | None = None

    @property
    def catalogs(self) -> Path | None:
        """The folder of the clinic's own catalogs; None for none."""
        return Path(self.languages).expanduser() if self.languages else None


class Setting(Struct, frozen=True):
    """A value as it would be typed on the command line, and where it is from."""

    name: str
    value: str | None
    origin: str


CALENDAR: Final = {"audience": "patient", "details": "full", "alarm": "1d", "care": "changes"}
"""How calendars are written by default."""
_DEFAULTS: Final = {"view": "desk", "language": "en"}

NAMES: Final = (
    "closed", "holidays", "closure", "open", "zone", "place", "time", "duration", *CALENDAR,
    "view", "dates", "language",
)  # fmt: skip
ADDING_UP: Final = {"closure": "closures", "open": "open"}
"""Settings of which the environment's and the file's hold together, by their keys in the file."""

SEVERAL: Final = "|"
"""Separates several values in one environment variable."""


def config_path(option: Path | None) -> tuple[Path, bool]:
    """Return the configuration file, and whether somebody named it, so that it has to exist."""
    if option is not None:
        return option, True
    if named := os.environ.get("HAIRPLAN_CONFIG"):
        return Path(named), True
    return _config_folder() / "hairplan" / "config.toml", False


def _config_folder() -> Path:
    # platformdirs knows every system, and takes a tenth of a short command's time to import;
    # Linux has one rule, the XDG one.
    if _system() == "linux":
        return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    from platformdirs import user_config_path

    return user_config_path()


def _system() -> str:
    return sys.platform


def protocols_folder(option: Path | None, config: Path | None) -> Path | None:
    """Return the folder of the clinic's own protocols; None if there is none.

    Args:
        option: the --protocols option.
        config: the --config option, as the folder lies beside the configuration file.

    Raises:
        InputError: a folder that was named is not there.
    """
    named = option or os.environ.get("HAIRPLAN_PROTOCOLS")
    folder = Path(named) if named else config_path(config)[0].parent / "protocols"
    if folder.is_dir():
        return folder
    if named:
        raise InputError(f"protocols: '{folder}' is no folder")
    return None


def load_config(
    option: Path | None, treatments: Sequence[str] | None
) -> tuple[Config, Path | None]:
    """Read the configuration file; None in place of its path if there is none.

    Args:
        option: the --config option.
        treatments: the names of the treatments that it may name; null for any.

    Raises:
        InputError: a file that was named is missing, or it is not valid; every fault.
    """
    path, is_named = config_path(option)
    if not is_named and not path.exists():
        return Config(), None
    from hairplan.protocol.toml import parse_toml, read_text_file

    config = parse_toml(read_text_file(path), Config, str(path))
    known = list(config.treatments if treatments is None else treatments)
    faults = [
        f"{path}: treatments.{name}: no such treatment{nearest(name, known)};"
        f" there are: {', '.join(known)}"
        for name in config.treatments
        if name not in known
    ]
    faults += [
        f"{path}: aliases.{alias}: '{name}' is no treatment{nearest(name, known)};"
        f" there are: {', '.join(known)}"
        for alias, name in config.aliases.items()
        if treatments is not None and name not in known and not name.endswith(".toml")
    ]
    faults += [
        f"{path}: calendar.{place}: {fault}"
        for place, template in config.calendar.templates()
        for fault in check_template(template)
    ]
    if faults:
        raise InputError(*faults)
    return config, path


class Settings(Struct, frozen=True, eq=False):
    """The clinic's part of every request.

    Attributes:
        config: the configuration file's content.
        path: the configuration file; None if there is none.
        protocols: the folder of the clinic's own protocols; None if there is none.
        environment: the values of environment variables, by name.
    """

    config: Config = Config()
    path: Path | None = None
    protocols: Path | None = None
    environment: dict[str, str] = {}

    def setting(self, name: str, treatment: str | None = None) -> Setting:
        """Return one setting, from the environment or the file, for a treatment."""
        return _setting(self, name, treatment)

    def stated(self, name: str) -> list[Setting]:
        """Return the days that the environment and the file state, under a name of `ADDING_UP`."""
        settings = (self.from_environment(name), self.from_file(name, None))
        return [setting for setting in settings if setting and setting.value]

    def from_environment(self, name: str) -> Setting | None:
        """Return what an environment variable says; None if it is not set, or empty."""
        variable = f"HAIRPLAN_{name.upper()}"
        value = self.environment.get(variable)
        return Setting(name, value, variable) if value else None

    def from_file(self, name: str, treatment: str | None) -> Setting:
        """Return what the configuration file says for a treatment; else the default."""
        if name in CALENDAR:
            value = getattr(self.config.calendar, name)
            if value is None:
                return Setting(name, CALENDAR[name], "default")
            return Setting(name, value, f"{self.path}, calendar")
        own = self.config.treatments.get(treatment or "", _NO_SETTINGS)
        if (value := getattr(own, name, None)) is not None:
            return Setting(name, str(value), f"{self.path}, treatments.{treatment}")
        value = getattr(self.config, ADDING_UP.get(name, name), None)
        if isinstance(value, tuple):
            value = (SEVERAL if name in ADDING_UP else ",").join(value)
        if value:
            return Setting(name, value, str(self.path))
        return Setting(name, _DEFAULTS.get(name), "default")


# The rows of a batch ask for the same settings again and again.
@lru_cache(maxsize=512)
def _setting(settings: Settings, name: str, treatment: str | None) -> Setting:
    return settings.from_environment(name) or settings.from_file(name, treatment)


def load_settings(config: Path | None, protocols: Path | None, *also: str) -> Settings:
    """Return the settings of this machine.

    Args:
        config: the --config option.
        protocols: the --protocols option.
        also: the treatment of a protocol file that was given, which is in no folder.

    Raises:
        InputError: the configuration file is not valid, every fault; a folder is not there.
    """
    from hairplan.protocol.catalog import protocol_names

    folder = protocols_folder(protocols, config)
    treatments = list(dict.fromkeys([*protocol_names(folder), *also]))
    environment = _environment()
    return Settings(*load_config(config, treatments), folder, environment)


def load_clinic(config: Path | None) -> Settings:
    """Return the settings of this machine, for plans that keep their protocols themselves.

    Raises:
        InputError: the configuration file is not valid; every fault.
    """
    environment = _environment()
    return Settings(*load_config(config, None), None, environment)


def _environment() -> dict[str, str]:
    variables = (f"HAIRPLAN_{name.upper()}" for name in NAMES)
    environment = {name: os.environ[name] for name in variables if os.environ.get(name)}
    if unreadable := [name for name, text in environment.items() if not is_text(text)]:
        raise InputError(*(f"{name}: is not UTF-8 text" for name in unreadable))
    return environment


def place_of(setting: Setting) -> str:
    """Say where a setting was given, such as "HAIRPLAN_ZONE" or "config.toml: zone"."""
    if setting.origin.startswith("HAIRPLAN_"):
        return setting.origin
    return f"{setting.origin}: {setting.name}"
