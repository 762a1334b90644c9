"""Heads that controls move."""
