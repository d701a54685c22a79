"""What the model learns from, its editions, and how its scores change."""
