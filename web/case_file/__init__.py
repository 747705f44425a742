"""A case for the office's own people: the file in tabs, and what they do to the whole of it."""
