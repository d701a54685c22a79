"""Verbs of the command that come in groups: a file a group. ``piyao`` hangs them up."""
