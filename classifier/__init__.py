"""Text to score, reasons, entities and likeness; it has no word for true or false."""
