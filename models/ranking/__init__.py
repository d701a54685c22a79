"""What the classifier said: scores, clusters, and how a claim spreads."""
