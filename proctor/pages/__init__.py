"""What students wrote, on pages that others open: shown whole, doing nothing, and in bounded time."""
