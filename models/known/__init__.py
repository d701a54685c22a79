"""The library of known claims."""
