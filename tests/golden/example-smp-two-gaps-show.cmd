show ./examples/protocols/smp-two-gaps.toml -f plain
