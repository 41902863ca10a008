show ./examples/protocols/colour-allergy-test.toml -f plain
