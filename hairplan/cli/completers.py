"""The values that there are for an option or an argument, by its name.

A value such as QUESTION=ANSWER is completed in two steps: the names, then the values of one name.
Where one name is left, its values are named with it, so that no shell takes it for the whole word.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from hairplan.cli.options import Environment

if TYPE_CHECKING:
    from hairplan.cli.plan_files import OpenedPlan
    from hairplan.clinic.settings import Settings
    from hairplan.plan import Plan
    from hairplan.protocol.model import Protocol

Values = Iterable[str]
Completer = Callable[[Any, str], list[str]]
"""From Click's context and what was typed of a word, the words that it may become."""


def completer_of(name: str) -> Completer | None:
    """Return what completes the values of an option or an argument; None for any text."""
    if name in _VALUES:
        return lambda ctx, _: [*_VALUES[name](ctx)]
    if name in _LISTS:
        return lambda ctx, typed: _in_list(_LISTS[name](ctx), typed)
    if name in _NAMED:
        return lambda ctx, typed: _named(_NAMED[name](ctx), typed)
    return None


def _in_list(values: Values, typed: str) -> list[str]:
    """Return lists that go on with one of the values that are not in them yet."""
    before = "".join(typed.rpartition(",")[:2])
    return [before + value for value in values if value not in before.split(",")]


def _named(values: Mapping[str, Collection[str]], typed: str) -> list[str]:
    name, is_given, _ = typed.partition("=")
    names = [name] if is_given else [each for each in values if each.startswith(name)]
    if len(names) > 1:
        return [f"{each}=" for each in names]
    return [f"{each}={value}" for each in names for value in values.get(each, ()) or ("",)]


# ---- the command line so far ----


def _given(ctx: Any, name: str) -> str | None:  # noqa: ANN401 - Click's own type
    """Return what was given; an option without its value keeps Click from naming an argument."""
    given: str | None = ctx.params.get(name)
    is_argument = name in {each.name for each in ctx.command.params if each.nargs == 1
                           and each.param_type_name == "argument"}  # fmt: skip
    return given or (ctx.args[0] if is_argument and ctx.args else None)


def _path(ctx: Any, name: str) -> Path | None:  # noqa: ANN401
    given = _given(ctx, name)
    return Path(given) if given else None


def _environment(ctx: Any) -> Environment:  # noqa: ANN401
    return Environment(
        today=ctx.params.get("today"),
        config=_path(ctx, "config"),
        protocols=_path(ctx, "protocols"),
    )


def _settings(ctx: Any) -> "Settings":  # noqa: ANN401
    from hairplan.clinic.settings import load_clinic

    return load_clinic(_path(ctx, "config"))


def _folder(ctx: Any) -> Path | None:  # noqa: ANN401
    from hairplan.clinic.settings import protocols_folder

    return protocols_folder(_path(ctx, "protocols"), _path(ctx, "config"))


def _opened(ctx: Any, path: Path) -> "OpenedPlan":  # noqa: ANN401
    from hairplan.cli.plan_files import open_plan

    return open_plan(path, _settings(ctx))


def _protocol(ctx: Any) -> "Protocol":  # noqa: ANN401
    from hairplan.cli.plan_references import find_plan_asked
    from hairplan.protocol.catalog import load_protocol

    treatment = _given(ctx, "treatment") or ""
    plan = _path(ctx, "plan") or find_plan_asked(treatment, _environment(ctx))
    return _opened(ctx, plan).followed if plan else load_protocol(treatment, _folder(ctx))


# ---- treatments and plans ----


def _treatments(ctx: Any) -> Values:  # noqa: ANN401
    from hairplan.protocol.catalog import protocol_names

    yield from protocol_names(_folder(ctx))
    if ctx.info_name in {"schedule", "screen"}:
        yield from _plans(ctx)


def _plans(ctx: Any) -> Values:  # noqa: ANN401
    """Yield the references of the plans at hand, and the files of those that have none."""
    from hairplan.cli.plan_references import plans_at_hand

    for path, plan in plans_at_hand(_settings(ctx)):
        yield plan.request.ref or str(path)


def _entries(ctx: Any) -> Values:  # noqa: ANN401
    history = _opened(ctx, _path(ctx, "plan") or Path()).file.history
    return map(str, range(1, len(history) + 1))


def _plan(ctx: Any) -> "Plan":  # noqa: ANN401
    opened = _opened(ctx, _path(ctx, "plan") or Path())
    return opened.plan(opened.today(_environment(ctx)))


def _sessions(ctx: Any) -> Values:  # noqa: ANN401
    """Yield the appointments of a plan that did not take place yet."""
    sessions = _plan(ctx).sessions
    return [session.id for session in sessions if session.status not in {"done", "skipped"}]


def _open_tasks(ctx: Any) -> Values:  # noqa: ANN401
    return [task.id for task in _plan(ctx).tasks if not task.done]


# ---- of a protocol ----


def _answers(ctx: Any) -> Mapping[str, Collection[str]]:  # noqa: ANN401
    from hairplan.protocol.values import ANSWERS

    return dict.fromkeys(_protocol(ctx).questions, ANSWERS)


def _choices(ctx: Any) -> Mapping[str, Collection[str]]:  # noqa: ANN401
    return {name: choice.choices for name, choice in _protocol(ctx).options.items()}


def _counted_steps(ctx: Any) -> Mapping[str, Collection[str]]:  # noqa: ANN401
    return {step.id: () for step in _protocol(ctx).steps if step.count != "open"}


def _spaced_steps(ctx: Any) -> Mapping[str, Collection[str]]:  # noqa: ANN401
    return {step.id: () for step in _protocol(ctx).steps if step.spacing}


def _default_figures(ctx: Any) -> Mapping[str, Collection[str]]:  # noqa: ANN401
    from hairplan.planner.own_figures import default_figures
    from hairplan.protocol.figures import cover_by_head

    return dict.fromkeys(sorted(default_figures(cover_by_head(_protocol(ctx)))), ())


def _events(ctx: Any) -> Mapping[str, Collection[str]]:  # noqa: ANN401
    return dict.fromkeys(_protocol(ctx).events, ())


def _findings(ctx: Any) -> Mapping[str, Collection[str]]:  # noqa: ANN401
    return {**_answers(ctx), **_events(ctx)}


def _refusing(ctx: Any) -> Mapping[str, Collection[str]]:  # noqa: ANN401
    from hairplan.protocol.values import REFUSING

    rules = _protocol(ctx).rules.items()
    return {name: () for name, rule in rules if rule.outcome in REFUSING}


def _restrictions(ctx: Any) -> Mapping[str, Collection[str]]:  # noqa: ANN401
    return dict.fromkeys(_protocol(ctx).restrictions, ())


# ---- what there is everywhere ----


def _zones(_: object) -> Values:
    from zoneinfo import available_timezones

    return sorted(available_timezones())


def _regions(_: object) -> Values:
    import holidays

    for country, regions in holidays.list_supported_countries(include_aliases=False).items():
        yield country
        yield from (f"{country}-{region}" for region in regions)


def _forms(ctx: Any) -> Values:  # noqa: ANN401
    from hairplan.cli.app import COMMANDS

    module, _, _ = COMMANDS[ctx.info_name].partition(":")
    forms: tuple[str, ...] = import_module(module).FORMATS
    return forms


def _kinds(_: object) -> Values:
    from hairplan.calendar.items import KINDS

    return KINDS


def _kinds_as_well(_: object) -> Values:
    from hairplan.cli.calendar_content import ALSO

    return ALSO


def _kinds_to_add(_: object) -> Values:
    from hairplan.cli.happenings import KINDS_TO_ADD

    return KINDS_TO_ADD


def _languages(ctx: Any) -> Values:  # noqa: ANN401
    from hairplan.sheet.catalogs import languages

    return languages(_settings(ctx).config.catalogs)


def _weekdays(_: object) -> Values:
    from hairplan.dates.weekdays import WEEKDAYS

    return WEEKDAYS


def _of(kind: str, name: str) -> Callable[[object], Values]:
    """Return what yields the words of a type, which is looked up when it is asked for."""
    return lambda _: get_args(getattr(import_module(kind), name))


_VALUES: Final[Mapping[str, Callable[[Any], Values]]] = {
    "treatment": _treatments,
    "plan": _plans,
    "entry": _entries,
    "form": _forms,
    "zone": _zones,
    "sex": lambda _: ("female", "male"),
    "on_late": _of("hairplan.request", "OnLate"),
    "anchor": _of("hairplan.request", "AnchorRule"),
    "audience": _of("hairplan.clinic.templates", "Audience"),
    "details": _of("hairplan.clinic.templates", "Details"),
    "care": _of("hairplan.clinic.templates", "CareMode"),
    "language": _languages,
    "as_kind": _kinds_to_add,
    "done": lambda ctx: (*_sessions(ctx), *_open_tasks(ctx)),
    "missed": _sessions,
    "cancelled": _sessions,
    "skipped": _sessions,
}
_LISTS: Final[Mapping[str, Callable[[Any], Values]]] = {
    "booked": _sessions,
    "closed": _weekdays,
    "patient_days": _weekdays,
    "holidays": _regions,
    "only": _kinds,
    "also": _kinds_as_well,
    "without": _kinds,
}
_NAMED: Final[Mapping[str, Callable[[Any], Mapping[str, Collection[str]]]]] = {
    "answer": _answers,
    "option": _choices,
    "sessions": _counted_steps,
    "spacing": _spaced_steps,
    "figure": _default_figures,
    "event": _events,
    "finding": _findings,
    "override": _refusing,
    "extend": _restrictions,
}
