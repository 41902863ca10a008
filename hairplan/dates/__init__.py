"""Calendar dates, spans and times of day: the arithmetic that everything above relies on."""
