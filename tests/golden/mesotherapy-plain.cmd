schedule mesotherapy --start 2027-01-04 --spacing "15 days" --option area=face --full -f plain
