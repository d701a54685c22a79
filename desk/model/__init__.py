"""模型: whether the scores can still be gone by, what they missed, and which weights gave them."""
