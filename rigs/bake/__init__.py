"""Build the shipped head from its sources."""
