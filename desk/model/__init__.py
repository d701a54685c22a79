"""模型: whether the scores can still be relied on, what they missed, and which weights gave them."""
