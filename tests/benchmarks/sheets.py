"""How many sheets in HTML a second one core makes, from the finished plans to the pages.

Run it alone on a quiet machine: `python tests/benchmarks/sheets.py`. The plans begin on all days of
a year and at all hours of a day, so that few patients share a moment. It counts the seconds of the
processor, and takes the best round; codes are made anew in each.
"""

import sys
from datetime import date, time, timedelta
from time import process_time

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.clinic.settings import ClinicConfig
from hairplan.sheet import qr
from hairplan.sheet.catalogs import with_texts_of
from hairplan.sheet.html import render_html
from hairplan.sheet.sheet import sheet_of
from hairplan.sheet.words import Catalog, load_catalog

TODAY = date(2026, 11, 1)
COUNT = 1000
ROUNDS = 3
TARGET = 300
CLINIC = ClinicConfig("Lime Street Clinic", "020 7946 0017", "12 Lime Street", "9:00 to 18:00")


def plans(treatment: str) -> list[Plan]:
    """Return the plans of a list of patients, with a reference and a time of their own."""
    protocol = load_protocol(treatment)
    return [
        make_plan(
            protocol,
            PlanRequest(
                start=date(2026, 12, 1) + timedelta(days=number % 365),
                time=time(9 + number % 9, 30),
                zone="Europe/Paris",
                ref=f"P-{number:04}",
            ),
            today=TODAY,
        )
        for number in range(COUNT)
    ]


def sheets_a_second(batch: list[Plan], catalog: Catalog) -> float:
    """Time one round."""
    qr._modules.cache_clear()  # noqa: SLF001 - as in a new process
    begin = process_time()
    for plan in batch:
        render_html(sheet_of(plan, catalog, CLINIC, TODAY))
    return len(batch) / (process_time() - begin)


def main() -> None:
    """Print the rates, and fail if one is too low."""
    slow: list[str] = []
    for treatment in ("smp", "mesotherapy", "mesopecia", "microneedling"):
        batch = plans(treatment)
        for language in ("en", "fr"):
            catalog = with_texts_of(load_protocol(treatment), load_catalog(language))
            rate = max(sheets_a_second(batch, catalog) for _ in range(ROUNDS))
            print(f"{treatment}, {language}: {rate:.0f} sheets a second")
            if rate < TARGET:
                slow.append(f"{treatment}, {language}")
    if slow:
        sys.exit(f"fewer than {TARGET} sheets a second: {'; '.join(slow)}")


if __name__ == "__main__":
    main()
