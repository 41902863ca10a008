show ./examples/protocols/prp-until-regrowth.toml -f plain
