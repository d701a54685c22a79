"""Sources: is each of them well, and if not, what is wrong and how to mend it."""
