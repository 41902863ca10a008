schedule smp --start 2026-12-01 --time 14:30 --zone Europe/Paris --ref m204 --id m204 --save m204.plan.json
record m204 --booked course-1,course-2 --today 2026-11-20
record m204 --done course-1=2026-12-01 --today 2026-12-02
schedule mesopecia --start 2026-12-08 --ref A-17 --id A-17 --time 9:00 --zone Europe/Paris --save A-17.plan.json
schedule microneedling --start 2026-11-24 --ref B-2 --id B-2 --time 10:30 --zone Europe/Paris --save B-2.plan.json
schedule mesotherapy --start 2026-12-15 --ref C-3 --id C-3 --time 11:00 --zone Europe/Paris --save C-3.plan.json
schedule smp --start 2026-12-18 --ref D-4 --id D-4 --time 16:00 --zone Europe/Paris --save D-4.plan.json
record B-2 --done course-1=2026-11-24 --today 2026-11-24
record B-2 --booked course-2,course-3,course-4 --today 2026-11-25
record A-17 --booked weekly-1,weekly-2 --today 2026-12-01
record D-4 --answer minoxidil=yes --today 2026-12-01
due --within 1d --today 2026-12-14 -f table
