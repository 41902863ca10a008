"""Bytes to disk, whole or not at all, and the sealed plan files."""
