schedule ./examples/protocols/smp-two-touch-ups.toml --start 2026-03-02 --today 2026-02-01 --full -f plain
