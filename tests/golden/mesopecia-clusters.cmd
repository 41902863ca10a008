schedule mesopecia --start 2027-01-04 --option maintenance=clusters --horizon "2 years" --full -f plain
