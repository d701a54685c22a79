"""The guarded rows of each audit entry, and the sum of every other row."""

SQL = """
ALTER TABLE audit ADD COLUMN bound TEXT NOT NULL DEFAULT '';  -- row -> SHA-256: models.guarded
CREATE TABLE sums (  -- CRC-32 of a row, kept by our connections: models.sums
    tbl TEXT NOT NULL, key ANY NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (tbl, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE summed (  -- the tables whose rows have sums, and of which columns
    tbl TEXT PRIMARY KEY, columns TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
