"""The words and marks that templates ask for."""
