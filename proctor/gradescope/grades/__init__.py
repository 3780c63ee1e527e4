"""Brings final grades back to Gradescope."""
