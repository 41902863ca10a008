"""What ics.py understands of .ics files; it knows no SEQUENCE and no recurrence rules.

python read_ics.py FILE... prints one JSON object for each file, a line each.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")
import ics  # noqa: E402 - importing it warns


def event(found: Any) -> dict[str, Any]:
    def moment(value: Any) -> str:
        form = "YYYY-MM-DD" if found.all_day else "YYYY-MM-DD[T]HH:mm:ss[Z]"
        return str(value.to("utc").format(form))

    return {
        "uid": found.uid,
        "summary": found.name or "",
        "description": found.description or "",
        "location": found.location or "",
        "start": moment(found.begin),
        "end": moment(found.end),
        "allday": found.all_day,
        "status": found.status,
        "class": found.classification,
        "transp": "TRANSPARENT" if found.transparent else "OPAQUE",
        "categories": sorted(found.categories),
        "alarms": [[int(each.trigger.total_seconds()), each.display_text] for each in found.alarms],
    }


def main(files: list[str]) -> None:
    for file in files:
        found: dict[str, Any] = {"file": file, "fault": None, "events": []}
        try:
            calendar = ics.Calendar(Path(file).read_bytes().decode("utf-8"))
            found["events"] = [event(each) for each in calendar.events]
        except Exception as error:  # noqa: BLE001 - whatever it is, the file is at fault
            found["fault"] = f"{type(error).__name__}: {error}"
        print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
