schedule smp --start 2026-12-01 --time 14:30 --zone Europe/Paris --ref m204 --id m204 --save m204.plan.json
record m204 --booked course-1,course-2 --today 2026-11-20
record m204 --done course-1=2026-12-01 --today 2026-12-02
status m204 --today 2026-12-30 -f table
