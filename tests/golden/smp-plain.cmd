schedule smp --start 2026-12-01 --full -f plain
