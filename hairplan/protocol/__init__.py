"""A treatment as a file: its model, loading, faults, schema, figures and catalogue."""
