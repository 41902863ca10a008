"""Computations over plans: what changed, where a patient stands, and what is due."""
