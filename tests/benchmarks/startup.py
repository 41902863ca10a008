"""How long a command takes to start, against a bare Typer program in the same environment.

Run it alone on a quiet machine: `python tests/benchmarks/startup.py`. The programs run in turns, so
that whatever else the machine does meets all of them; what counts is the ratio of the medians.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 40
HELLO = """\
import typer
app = typer.Typer(pretty_exceptions_enable=False)
@app.command()
def main() -> None:
    print("hello")
app()
"""
HELLO_TABLE = """\
import typer
app = typer.Typer(pretty_exceptions_enable=False)
@app.command()
def main() -> None:
    from rich.console import Console
    from rich.table import Table
    console = Console(width=80, force_terminal=True)
    for rows, columns in ((4, 6), (16, 4), (60, 1)):
        table = Table(title="hello")
        for column in range(columns):
            table.add_column(f"column {column}")
        for row in range(rows):
            table.add_row(*(f"cell {row} of {column}" for column in range(columns)))
        console.print(table)
app()
"""
SCHEDULE = [str(Path(sys.executable).with_name("hairplan")), "schedule", "smp"]
PLAN = [*SCHEDULE, "--start", "2026-12-01", "--today", "2026-11-01"]


def measure(commands: dict[str, list[str]]) -> dict[str, float]:
    """Return the median seconds of each command, run in turns."""
    environment = {**os.environ, "COLUMNS": "80"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(ROUNDS + 2):
        for name, command in commands.items():
            begin = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            if number >= 2:  # the first rounds write the byte code
                seconds[name].append(time.perf_counter() - begin)
    return {name: statistics.median(each) for name, each in seconds.items()}


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        hello, table = Path(folder, "hello.py"), Path(folder, "table.py")
        hello.write_text(HELLO)
        table.write_text(HELLO_TABLE)
        found = measure(
            {
                "hello": [sys.executable, str(hello)],
                "version": [SCHEDULE[0], "--version"],
                "schedule": PLAN,
                "hello table": [sys.executable, str(table)],
                "schedule table": [*PLAN, "-f", "table"],
            }
        )
    for name, against in (
        ("version", "hello"),
        ("schedule", "hello"),
        ("schedule table", "hello table"),
    ):
        ratio = found[name] / found[against]
        bare = found[against] * 1000
        print(f"{name}: {found[name] * 1000:.0f} ms, {ratio:.2f} x {against} ({bare:.0f} ms)")


if __name__ == "__main__":
    main()
