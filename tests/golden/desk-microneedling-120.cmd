COLUMNS=120 schedule microneedling --start 2026-12-01 -f table
