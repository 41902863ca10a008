screen smp --start 2026-12-01 --sex male --event transplant=2026-09-01 --answer minoxidil=yes -f plain
