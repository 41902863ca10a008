"""What vobject, the parser of Radicale and gcalcli, understands of .ics files.

python read_vobject.py FILE... prints one JSON object for each file, a line each.
"""

import json
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")
import vobject  # noqa: E402 - importing it warns

MOST = 5000


def moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value.isoformat())


def event(component: Any) -> dict[str, Any]:
    def first(name: str, missing: Any = None) -> Any:
        return component.contents[name][0].value if name in component.contents else missing

    start = first("dtstart")
    found = {
        "uid": first("uid"),
        "summary": first("summary", ""),
        "description": first("description", ""),
        "location": first("location", ""),
        "start": moment(start),
        "end": moment(first("dtend", start)),
        "allday": not isinstance(start, datetime),
        "sequence": int(first("sequence", -1)),
        "status": first("status"),
        "class": first("class"),
        "transp": first("transp"),
        "categories": list(first("categories", ())),
        "alarms": [
            [int(each.trigger.value.total_seconds()), each.description.value]
            for each in component.contents.get("valarm", [])
        ],
        "days": None,
    }
    if {"rrule", "rdate"} & set(component.contents):
        # Its rules count in datetimes, also where days are meant.
        rule = component.getrruleset(addRDate=True)
        found["days"] = [str(each.date()) for each, _ in zip(rule, range(MOST), strict=False)]
    return found


def read(text: str) -> list[dict[str, Any]]:
    calendar = vobject.readOne(text)
    calendar.validate(raiseException=True)
    return [event(each) for each in calendar.contents.get("vevent", [])]


def main(files: list[str]) -> None:
    for file in files:
        found: dict[str, Any] = {"file": file, "fault": None, "events": []}
        try:
            found["events"] = read(Path(file).read_bytes().decode("utf-8"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the file is at fault
            found["fault"] = f"{type(error).__name__}: {error}"
        print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
