"""What khal holds in one calendar after each of several .ics files was imported into it in turn.

python follow_khal.py FIRST LAST FILE... prints one JSON object for each file, a line each: the
events from the day FIRST to the day LAST.
"""

import json
import sys
import tempfile
from pathlib import Path

from read_khal import FIELDS, SETTINGS, events, khal


def main(first: str, last: str, files: list[str]) -> None:
    fields = [word for field in FIELDS for word in ("--json", field)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "one").mkdir()
        (folder / "config").write_text(SETTINGS.format(folder=folder))
        for file in files:
            khal(folder, "import", "--batch", str(Path(file).resolve()))
            listed = khal(folder, "list", *fields, first, last)
            print(json.dumps({"file": file, "events": list(events(listed))}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
