"""What comes in: posts, their sources, and the visits to them."""
