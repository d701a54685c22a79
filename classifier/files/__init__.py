"""Scoring a file of posts."""
