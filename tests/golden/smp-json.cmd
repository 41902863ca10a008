schedule smp --start 2026-12-01 --answer minoxidil=yes --sex male -f json
