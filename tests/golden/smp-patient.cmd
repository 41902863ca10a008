schedule smp --start 2026-12-01 --time 14:30 --zone Europe/Paris --place "Room 2" --ref A-17 --details full -f ics
