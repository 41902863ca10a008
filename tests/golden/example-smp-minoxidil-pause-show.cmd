show ./examples/protocols/smp-minoxidil-pause.toml -f plain
