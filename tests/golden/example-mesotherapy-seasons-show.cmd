show ./examples/protocols/mesotherapy-seasons.toml -f plain
