schedule ./examples/protocols/laser-clinic-taper.toml --start 2026-03-02 --today 2026-02-01 -f table
