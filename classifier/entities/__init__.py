"""Plates, places, times and counts named in a text."""
