schedule mesopecia --start 2026-12-01 --time 14:30 --zone Europe/Paris --closed sun --holidays FR -f table
