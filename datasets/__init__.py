"""Recordings to learn from, and what makes them."""
