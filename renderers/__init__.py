"""From vertices to pixels."""
