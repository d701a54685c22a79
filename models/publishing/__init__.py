"""Notices: written, reviewed, sent at most once, taken back."""
