"""Recordings to learn from: the synthesised corpus with known phone times, and its augmentation."""
