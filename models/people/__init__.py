"""Accounts of the desk."""
