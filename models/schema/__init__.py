"""The tables of the store: one file a migration, and the order they run in."""
