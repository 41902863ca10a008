schedule mesopecia --start 2027-01-04 --age 34 --closed sun --full -f table
