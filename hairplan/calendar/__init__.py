"""A plan as a calendar: its items, their titles, the .ics file, and what a calendar holds."""
