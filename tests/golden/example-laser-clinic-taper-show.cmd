show ./examples/protocols/laser-clinic-taper.toml -f plain
