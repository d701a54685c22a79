"""The guarded rows of each audit entry."""

SQL = """
ALTER TABLE audit ADD COLUMN bound TEXT NOT NULL DEFAULT '';  -- row -> SHA-256: models.guarded
"""
