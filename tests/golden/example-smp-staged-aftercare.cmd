schedule ./examples/protocols/smp-staged-aftercare.toml --start 2026-03-02 --today 2026-02-01 --full -f plain
