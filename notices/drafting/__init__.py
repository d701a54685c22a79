"""Drafts written from a verdict and its evidence."""
