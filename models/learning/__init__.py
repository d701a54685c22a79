"""What the model learns from, its editions, and how it drifts."""
