show smp -f plain
