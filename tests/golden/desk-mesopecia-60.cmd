COLUMNS=60 schedule mesopecia --start 2026-12-01 -f table
