"""What Radicale holds in one calendar after each of several .ics files was put into it in turn.

WAY is `whole` to put each file in the place of the calendar, or `items` to put each event at an
address of its own, as a calendar program does that synchronises. The first file makes the calendar
in both.

python follow_radicale.py WAY FILE... prints one JSON object for each file, a line each.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from read_radicale import CALENDAR, Server
from read_vobject import read

PLACE = "/u/one/"


def put(server: Server, raw: bytes, path: str) -> None:
    status, text = server.ask("PUT", raw, path, Content_Type=CALENDAR["Content-Type"])
    if status not in {201, 204}:
        raise RuntimeError(f"PUT {path}: {status} {text}")


def objects(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each event as a calendar of its own, with its UID."""
    head, *events = raw.split(b"BEGIN:VEVENT\r\n")
    for each in events:
        event = each.removesuffix(b"END:VCALENDAR\r\n")
        (uid,) = re.findall(rb"^UID:(.+)\r$", event, re.MULTILINE)
        yield uid.decode(), b"".join((head, b"BEGIN:VEVENT\r\n", event, b"END:VCALENDAR\r\n"))


def main(way: str, files: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            server.wait()
            for number, file in enumerate(files):
                raw = Path(file).read_bytes()
                if number == 0 or way == "whole":
                    put(server, raw, PLACE)
                else:
                    # Radicale itself names the events of a calendar so.
                    for uid, one in objects(raw):
                        put(server, one, f"{PLACE}{uid}.ics")
                print(json.dumps({"file": file, "events": read(server.ask("GET", None, PLACE)[1])}))
        finally:
            server.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
