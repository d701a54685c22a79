"""A notice as text, page and image."""
