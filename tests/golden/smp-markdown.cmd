schedule smp --start 2026-12-11 --closed sun --holidays FR -f markdown
