"""Whether two wordings make one claim."""
