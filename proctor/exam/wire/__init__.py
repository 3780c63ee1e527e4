"""What crosses between processes that do not trust each other: frames, messages, plain values."""
