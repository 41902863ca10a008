"""What changed between two plans, where a patient stands, and what is due over many plans."""
