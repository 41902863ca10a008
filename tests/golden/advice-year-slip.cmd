schedule smp --start 2025-12-02 -o past.ics 2>&1
