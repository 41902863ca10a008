schedule smp --start 2026-12-01 --event transplant=2026-09-01 -f json
