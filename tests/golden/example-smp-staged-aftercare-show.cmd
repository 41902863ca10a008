show ./examples/protocols/smp-staged-aftercare.toml -f plain
