list -f plain
