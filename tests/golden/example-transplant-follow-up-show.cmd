show ./examples/protocols/transplant-follow-up.toml -f plain
