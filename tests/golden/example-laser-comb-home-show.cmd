show ./examples/protocols/laser-comb-home.toml -f plain
