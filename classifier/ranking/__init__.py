"""How much a post needs a person, and why."""
