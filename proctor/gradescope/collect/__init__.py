"""Takes submissions home from Gradescope."""
