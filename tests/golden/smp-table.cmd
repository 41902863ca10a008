schedule smp --start 2026-12-11 --closed sun --holidays FR --answer minoxidil=yes --full -f table
