"""How motion is judged."""
