"""What a CalDAV server makes of .ics files: Radicale on 127.0.0.1, with a folder of its own.

Each file becomes a calendar there, twice, as on a second export; the events are those that the
server then gives back. `hits` are the UIDs that it finds between FIRST and LAST, moments such as
20270101T000000Z.

python read_radicale.py FIRST LAST FILE... prints one JSON object for each file, a line each.
"""

import http.client
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from read_vobject import read

QUERY = """<?xml version="1.0"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR">
<C:comp-filter name="VEVENT"><C:time-range start="{first}" end="{last}"/></C:comp-filter>
</C:comp-filter></C:filter></C:calendar-query>"""
CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}
WAITS = 200


class Server:
    """A Radicale that lets anyone in, and only from this machine."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.log = folder / "log"
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "radicale", "--config", ""),
                *("--server-hosts", f"127.0.0.1:{self.port}"),
                *("--storage-filesystem-folder", str(folder / "storage")),
                *("--auth-type", "none", "--rights-type", "owner_only"),
                *("--logging-level", "warning"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.log.open("wb"),
        )

    def ask(
        self, method: str, body: bytes | None = None, path: str = "/", **headers: str
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        login = {"Authorization": "Basic dTpw"}  # u:p, as anyone is let in
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {**login, **names})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8")
        connection.close()
        return answer.status, text

    def wait(self) -> None:
        for _ in range(WAITS):
            try:
                self.ask("GET", path="/.web/")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"Radicale did not start: {self.log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def stored(server: Server, file: str, path: str, first: str, last: str) -> dict[str, Any]:
    """Put a file there twice, and return what is there then."""
    raw = Path(file).read_bytes()
    for _ in range(2):
        status, text = server.ask("PUT", raw, path, Content_Type=CALENDAR["Content-Type"])
        if status not in {201, 204}:
            raise RuntimeError(f"PUT: {status} {text}")
    status, text = server.ask("GET", None, path)
    query = QUERY.format(first=first, last=last).encode()
    found, hits = server.ask("REPORT", query, path, Depth="1", Content_Type="application/xml")
    if (status, found) != (200, 207):
        raise RuntimeError(f"GET: {status}, REPORT: {found}")
    return {
        "events": read(text),
        "hits": sorted(re.findall(r"^UID:([^\r\n&]+)", hits, re.MULTILINE)),
    }


def main(first: str, last: str, files: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            server.wait()
            for number, file in enumerate(files):
                found: dict[str, Any] = {"file": file, "fault": None, "events": []}
                try:
                    found |= stored(server, file, f"/u/c{number}/", first, last)
                except Exception as error:  # noqa: BLE001 - whatever it is, the file is at fault
                    found["fault"] = f"{type(error).__name__}: {error}"
                print(json.dumps(found))
        finally:
            server.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
