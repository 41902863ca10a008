show ./examples/protocols/smp-two-touch-ups.toml -f plain
