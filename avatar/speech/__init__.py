"""From sound to face curves."""
