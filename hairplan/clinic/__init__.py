"""A clinic's settings, the options of a command line or a row, and the request they make."""
