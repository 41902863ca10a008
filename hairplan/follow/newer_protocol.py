"""Find whether the clinic has another version of the protocol that a plan follows.

Conventions:

* A plan that was made from a file follows that file, as long as it is where it was, seen from the
  plan's file; any other follows the name: the clinic's own protocol, or the built-in one.
* Content is compared, not numbers: comments and layout do not count.
* A file that is gone or cannot be read tells nothing: the plan has a copy of its own.
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from hairplan.errors import InputError
from hairplan.files.plan_file import KeptProtocol, PlanFile
from hairplan.follow.diff import Change
from hairplan.history import Adopted, last_adopted
from hairplan.plan import Plan
from hairplan.planner.compile import digest_of
from hairplan.protocol.catalog import load_protocol, protocol_names

Followed = KeptProtocol | Adopted


def find_followed(plan_file: PlanFile) -> Followed:
    """Return the protocol that a plan follows by now, as its file keeps it."""
    return last_adopted(plan_file.history) or plan_file.protocol


def find_source(followed: Followed, path: Path, folder: Path | None) -> str | None:
    """Return the name or the path of the version that is there now; None for none.

    Args:
        followed: the protocol that a plan follows.
        path: the plan's file.
        folder: the clinic's protocol folder.
    """
    if followed.path:
        file = path.parent / followed.path
        return str(file.absolute()) if file.is_file() else None
    return followed.id if followed.id in protocol_names(folder) else None


class PresentProtocol(Struct, frozen=True):
    """A protocol as the clinic has it now."""

    id: str
    version: str
    digest: str


class PresentProtocols:
    """The protocols that the clinic has now, each looked up once for thousands of plans."""

    def __init__(self, folder: Path | None) -> None:
        """Take the clinic's protocol folder; None for none."""
        self._folder = folder
        self._known: dict[str, PresentProtocol | None] = {}
        self._sources: dict[tuple[str, str | None, Path], str | None] = {}

    def describe_newer(self, plan: Plan, plan_file: PlanFile, path: Path) -> str | None:
        """Say that there is another version than the one that a plan follows; None if not.

        Args:
            plan: the plan, which is not told of any where nothing of it is ahead.
            plan_file: what it is made of.
            path: its file.
        """
        if _is_over(plan):
            return None
        followed = find_followed(plan_file)
        present = self._present(followed, path)
        if present is None or (present.id, present.digest) == (followed.id, followed.digest):
            return None
        return (
            f"{present.id} {present.version} is there, and this plan follows"
            f" {_describe_followed(followed, present)}: hairplan record {path} --newest --dry-run"
            " shows what it would change"
        )

    def _present(self, followed: Followed, path: Path) -> PresentProtocol | None:
        key = followed.id, followed.path, path.parent
        if key not in self._sources:
            self._sources[key] = find_source(followed, path, self._folder)
        source = self._sources[key]
        if source is None:
            return None
        if source not in self._known:
            self._known[source] = self._load(source)
        return self._known[source]

    def _load(self, source: str) -> PresentProtocol | None:
        try:
            protocol = load_protocol(source, self._folder)
        except InputError:
            return None
        return PresentProtocol(protocol.id, protocol.version, digest_of(protocol))


def _is_over(plan: Plan) -> bool:
    is_ended = plan.problem is not None and plan.problem.kind == "ended"
    return is_ended or all(session.status in {"done", "skipped"} for session in plan.sessions)


def _describe_followed(followed: Followed, present: PresentProtocol) -> str:
    same = followed.version == present.version
    return f"another {followed.version}" if same else followed.version


def find_version_change(before: Plan, after: Plan) -> Iterator[Change]:
    """Yield from which version of the protocol to which a plan went over, if it did."""
    was, now = before.protocol, after.protocol
    if was.digest != now.digest:
        yield Change(now.id, "protocol", "changed", was.version, now.version)
