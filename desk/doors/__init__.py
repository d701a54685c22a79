"""The doors of a server: who may hold a connection, for how long, and who is served first."""
