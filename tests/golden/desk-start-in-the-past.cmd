schedule smp --start 2025-12-02 -f table
