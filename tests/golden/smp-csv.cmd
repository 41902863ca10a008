schedule smp --start 2026-12-01 --time 14:30 --zone Europe/Paris --ref A-17 -f csv
