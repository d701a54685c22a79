"""The hash-chained log of everything that was done, and its proof."""
