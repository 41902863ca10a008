schedule smp --start 2026-12-01 --sex female --answer pregnancy=yes --override pregnancy="gave birth in between" --event chemotherapy-end=2026-05-01 --event transplant=2026-03-15 --full -f plain
