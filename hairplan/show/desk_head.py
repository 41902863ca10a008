"""The head of a plan at the desk: what it is, from when to when, how long and for how much."""

from collections.abc import Sequence

from msgspec import Struct

from hairplan.plan import Plan, Session
from hairplan.protocol.values import StepKind
from hairplan.show.desk_days import say_day, say_from_to
from hairplan.words import (
    duration_minutes,
    format_count,
    format_duration,
    format_minutes,
    format_range,
)


class Course(Struct, frozen=True):
    """The sessions that the head sums up: those of the course, or all where there is none.

    Attributes:
        noun: what they are.
        dated: those with a day, in date order.
        awaited: those that are to have a day.
        at_home: how many others the patient has at home.
        used_up: how many more were missed and count all the same.
    """

    noun: str
    dated: tuple[Session, ...]
    awaited: tuple[Session, ...]
    at_home: int = 0
    used_up: int = 0

    @property
    def all(self) -> tuple[Session, ...]:
        """All of them."""
        return (*self.dated, *self.awaited)


def course_of(plan: Plan) -> Course:
    """Return the sessions that the head sums up."""
    parts = split_appointments(plan)
    at_home = sum(len(_of_kind("home", part)) for part in parts)
    dated, awaited = (_of_kind("session", part) for part in parts)
    used_up = tuple(session for session in plan.sessions if session.used_up)
    course = Course("session", dated, awaited, at_home, len(_of_kind("session", used_up)))
    if course.all:
        return course
    dated, awaited = map(_at_the_practice, parts)
    course = Course("appointment", dated, awaited, at_home, len(used_up))
    if course.all or not at_home:
        return course
    return Course("home session", *parts)


def split_appointments(plan: Plan) -> tuple[tuple[Session, ...], tuple[Session, ...]]:
    """Return the appointments with a day, and those that are to be arranged."""
    awaited = () if plan.problem else tuple(filter(_is_awaited, plan.sessions))
    return tuple(session for session in plan.dated if session not in awaited), awaited


def _is_awaited(session: Session) -> bool:
    """Return whether it is to have a day again, or waits for one that is."""
    waits = session.after is not None and session.planned is None
    return waits or session.status in {"missed", "cancelled"}


def _of_kind(kind: StepKind, sessions: Sequence[Session]) -> tuple[Session, ...]:
    return tuple(session for session in sessions if session.kind == kind)


def _at_the_practice(sessions: Sequence[Session]) -> tuple[Session, ...]:
    return tuple(session for session in sessions if session.kind != "home")


def describe_course(plan: Plan, course: Course) -> str:
    """Say how many sessions there are, and from when to when."""
    if not plan.sessions and plan.problem is None:
        return f"from {say_day(plan.start, year=True)}, without appointments"
    count = format_count(len(course.all), course.noun)
    if not course.dated:
        return f"{count}, to be arranged" if course.awaited else count
    home = f", {course.at_home} at home" if course.at_home else ""
    home += f", {course.used_up} missed" if course.used_up else ""
    if not course.awaited:
        return f"{count} {say_from_to(course.dated[0].on, course.dated[-1].on)}{home}"
    first = say_day(course.dated[0].on, year=True)
    return f"{count} from {first}, {len(course.awaited)} to be arranged{home}"


def each_length(course: Course) -> str | None:
    """Say how long each session is; None where they differ, or no length is known."""
    lengths = {(session.shortest or session.duration, session.duration) for session in course.all}
    least, most = lengths.pop() if len(lengths) == 1 else (None, None)
    if not least or not most:
        return None
    return f"{format_range(format_duration(least), format_duration(most))} each"


def chair_time(course: Course) -> str | None:
    """Say how long all sessions together are; None where no length is known."""
    timed = [session for session in _at_the_practice(course.all) if session.duration]
    least = sum(duration_minutes(session.shortest or session.duration or "") for session in timed)
    most = sum(duration_minutes(session.duration or "") for session in timed)
    if not timed:
        return None
    return f"chair time {format_range(format_minutes(least), format_minutes(most))}"


def course_cost(plan: Plan) -> str | None:
    """Say what the course costs; None where no source says it."""
    if plan.cost is None or not plan.cost.course.sessions:
        return None
    return f"{format_range(plan.cost.course.min, plan.cost.course.max)} {plan.cost.currency}"


def choices(plan: Plan) -> tuple[list[str], list[str]]:
    """Return the choices, and those of them that were asked for."""
    chosen = {figure.figure for figure in plan.figures if figure.strength == "chosen"}
    every = [f"{name}={choice}" for name, choice in plan.options.items()]
    asked = [
        f"{name}={choice}"
        for name, choice in plan.options.items()
        if f"options.{name}.default" in chosen
    ]
    return every, asked
