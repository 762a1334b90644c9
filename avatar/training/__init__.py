"""Training of the speech model."""
