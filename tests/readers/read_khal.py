"""What khal, a calendar for the terminal, holds after each .ics file was imported twice.

It is set to UTC, with settings and a calendar of its own for each file.

python read_khal.py FIRST LAST FILE... prints one JSON object for each file, a line each: the events
from the day FIRST to the day LAST, and how many the calendar holds as `stored`.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

SETTINGS = """\
[calendars]
[[one]]
path = {folder}/one
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M:%S
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M:%SZ
longdatetimeformat = %Y-%m-%dT%H:%M:%SZ
[sqlite]
path = {folder}/khal.db
"""
FIELDS = (
    "uid", "title", "description", "location", "start-long-full", "end-long-full", "all-day",
    "status", "categories", "repeat-pattern",
)  # fmt: skip


def khal(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "khal", "-c", str(folder / "config"), *arguments],
        env={**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder), "TZ": "UTC"},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"khal {arguments[0]}: {done.stderr or done.stdout}")
    return done.stdout


def event(found: dict[str, Any], days: list[str]) -> dict[str, Any]:
    allday = found["all-day"] == "True"
    start, end = found["start-long-full"], found["end-long-full"]
    if allday:
        # It says the last day; a file says the day after it.
        start, end = start[:10], str(date.fromisoformat(end[:10]) + timedelta(days=1))
    return {
        "uid": found["uid"],
        "summary": found["title"],
        "description": found["description"],
        "location": found["location"],
        "start": start,
        "end": end,
        "allday": allday,
        "status": found["status"].strip(),
        "categories": found["categories"].split(","),
        "days": days if found["repeat-pattern"] else None,
    }


def events(listed: str) -> Iterator[dict[str, Any]]:
    """Yield each event once: khal lists it on each day that it touches."""
    seen: dict[str, list[dict[str, Any]]] = {}
    for line in listed.splitlines():
        for found in json.loads(line):
            seen.setdefault(found["uid"], []).append(found)
    for same in seen.values():
        starts = dict.fromkeys(each["start-long-full"][:10] for each in same)
        yield event(same[0], list(starts))


def imported(file: str, first: str, last: str) -> dict[str, Any]:
    found: dict[str, Any] = {"file": file, "fault": None, "events": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "one").mkdir()
        (folder / "config").write_text(SETTINGS.format(folder=folder))
        fields = [word for field in FIELDS for word in ("--json", field)]
        try:
            for _ in range(2):
                khal(folder, "import", "--batch", str(Path(file).resolve()))
            found["events"] = list(events(khal(folder, "list", *fields, first, last)))
            found["stored"] = len(list((folder / "one").glob("*.ics")))
        except Exception as error:  # noqa: BLE001 - whatever it is, the file is at fault
            found["fault"] = f"{type(error).__name__}: {error}"
    return found


def main(first: str, last: str, files: list[str]) -> None:
    with ThreadPoolExecutor() as pool:
        for found in pool.map(lambda file: imported(file, first, last), files):
            print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
