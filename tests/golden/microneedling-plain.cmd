schedule microneedling --start 2027-01-04 --time 14:30 --zone Europe/Paris --option growth-factors=yes --place "Room 2" --full -f plain
