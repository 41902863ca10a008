"""Plans for a whole list of patients: rows in, plans out, as a stream from end to end."""
