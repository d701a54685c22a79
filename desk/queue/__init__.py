"""The queue: which claims wait for a person, why, and the first steps with them."""
