"""From phones with times to face curves: the model that teaches the speech model."""
