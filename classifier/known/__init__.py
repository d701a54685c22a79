"""Whether a claim is a known one: the index of the library."""
