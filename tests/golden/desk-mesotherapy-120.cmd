COLUMNS=120 schedule mesotherapy --start 2026-12-01 -f table
