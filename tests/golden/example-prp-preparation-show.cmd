show ./examples/protocols/prp-preparation.toml -f plain
