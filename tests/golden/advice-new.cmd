schedule smp --start 2026-12-01 --ref z9 -o z9.ics 2>&1
