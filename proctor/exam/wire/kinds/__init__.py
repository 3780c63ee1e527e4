"""Values that are plain in all but name: what they are made of, and how they are made again."""
