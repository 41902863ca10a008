show ./examples/protocols/prp-monthly.toml -f plain
