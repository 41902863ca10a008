"""A plan or a protocol as text: each module renders one form, and none writes a file."""
