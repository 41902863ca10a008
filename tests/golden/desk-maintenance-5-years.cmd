schedule mesopecia --start 2026-12-01 --option maintenance=monthly --horizon "5 years" -f table
