"""What in a text is personal, and what stands in its place: numbers, plates, names, addresses."""
