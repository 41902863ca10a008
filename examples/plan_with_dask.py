"""Plan a list that is larger than one machine: the batch's own function, mapped by an engine, Dask.

    pip install "hairplan[dask]"
    split --lines 10000 --additional-suffix .jsonl list.jsonl parts/
    python examples/plan_with_dask.py parts plans --treatment smp --today 2026-11-01

Each part is a file of JSON Lines as `hairplan batch` takes them, and becomes two files of the same
name: its plans in OUT/plans, as `hairplan batch --output` writes them, and in OUT/failed, as
`--report` does, the rows that failed: correct them there, and feed that folder in again. Each file
appears whole or not at all, and is readable for its owner only.

The cores of this machine share the parts. With `--scheduler tls://...` the machines of a cluster
do: each has hairplan, and the folders under the same paths. Today is said once for all of them.
"""

import argparse
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
from distributed import Client

from hairplan import HairplanError, InputError, Plan, RowPlanner
from hairplan.batch.patient_list import Row, open_list
from hairplan.batch.report import render_report_line
from hairplan.batch.row_planner import forget_treatments
from hairplan.files.store import make_folder, open_for_writing


def plan_part(part: Path, out: Path, planner: RowPlanner) -> Counter[str]:
    """Plan the rows of a part, and return how many became what; another try writes the same."""
    counts: Counter[str] = Counter()
    with (
        part.open("rb") as rows,
        open_for_writing(out / "failed" / part.name, force=True) as failed,
        open_for_writing(out / "plans" / part.name, force=True) as plans,
    ):
        for row in open_list(rows, "jsonl", str(part)).rows:
            try:
                plan = plan_row(row, planner)
            except HairplanError as error:
                failed.write(render_report_line(row, error.faults))
                counts["failed"] += 1
            else:
                plans.write(msgspec.json.encode(plan) + b"\n")
                counts["refused" if plan.problem else "plans"] += 1
    return counts


def plan_row(row: Row, planner: RowPlanner) -> Plan:
    """Return the plan of a row; a row that could not be read is a row that fails."""
    if row.faults:
        raise InputError(*row.faults)
    return planner.plan(row.content)


def engine(scheduler: str | None, jobs: int) -> Client:
    """Return the client of a cluster, or of one on this machine that ends with the client."""
    if scheduler is not None:
        return Client(scheduler)
    return Client(
        n_workers=jobs or None,
        threads_per_worker=1,  # planning is all Python: a second thread would wait for the first
        security=True,  # else whoever is logged in here could have the workers do anything
        memory_limit=0,  # a part is read and written row by row
        dashboard_address="127.0.0.1:0",
    )


def plan_parts(args: argparse.Namespace, planner: RowPlanner, parts: list[Path]) -> int:
    """Plan all parts, say the counts, and return 1 if there is something to look at."""
    counts: Counter[str] = Counter()
    unread = 0
    with engine(args.scheduler, args.jobs) as client:
        client.run(forget_treatments)  # of an earlier run, whose protocol files were others
        # Not pure to Dask: it looks at the names of files, and not at what is in them.
        made = client.map(plan_part, parts, out=args.out.resolve(), planner=planner, pure=False)
        for future in made:
            try:
                counts += future.result()
            except (HairplanError, OSError) as error:
                unread += 1
                print(f"nothing of a part is planned: {error}", file=sys.stderr)
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in ("plans", "refused", "failed"))
    print(f"{len(parts) - unread} of {len(parts)} parts, {counts.total()} rows: {kinds}")
    return 1 if unread or counts["refused"] or counts["failed"] else 0


def main() -> int:
    """Read the command line, and plan."""
    parser = argparse.ArgumentParser(description="Plan the parts of a list with Dask.")
    parser.add_argument("parts", type=Path, help="a folder of .jsonl files")
    parser.add_argument("out", type=Path, help="a new folder for the plans")
    parser.add_argument("--treatment", help="of rows that name none")
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("--scheduler", help="the address of a cluster")
    parser.add_argument("--jobs", type=int, default=0, help="processes here; 0 for one a core")
    args = parser.parse_args()
    planner = RowPlanner(today=args.today, treatment=args.treatment)
    # Engines write parts with nothing in them: they are no fault.
    parts = [part.resolve() for part in sorted(args.parts.glob("*.jsonl")) if part.stat().st_size]
    if args.out.exists():
        parser.error(f"{args.out}: exists already: name a new folder")
    if not parts:
        parser.error(f"{args.parts}: has no .jsonl files with rows in them")
    try:
        planner.check()
    except InputError as error:
        parser.error(str(error))
    for folder in (args.out, args.out / "plans", args.out / "failed"):
        make_folder(folder)
    return plan_parts(args, planner, parts)


if __name__ == "__main__":
    sys.exit(main())
