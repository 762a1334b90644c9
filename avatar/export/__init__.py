"""Animations written as files that other programs read."""
