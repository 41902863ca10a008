COLUMNS=60 schedule microneedling --start 2026-12-01 -f table
