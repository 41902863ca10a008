show ./examples/protocols/smp-waits.toml -f plain
