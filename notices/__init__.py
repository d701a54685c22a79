"""From a verdict to the public and back: drafting, forms, channels, sending."""
