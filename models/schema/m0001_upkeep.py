"""The lease and the jobs of the clock."""

SQL = """
CREATE TABLE leases (
    name TEXT PRIMARY KEY, holder TEXT NOT NULL, fence INTEGER NOT NULL, expires_at TEXT NOT NULL
) STRICT;
CREATE TABLE jobs (
    name TEXT PRIMARY KEY, started_at TEXT, finished_at TEXT, ok INTEGER NOT NULL,
    message TEXT NOT NULL, failures INTEGER NOT NULL
) STRICT;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""
