COLUMNS=60 schedule smp --start 2026-12-01 -f table
