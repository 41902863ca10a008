schedule ./examples/protocols/smp-minoxidil-pause.toml --start 2026-03-02 --today 2026-02-01 --full -f plain
