"""How pressing a case is, as it was found among those that waited with it."""

SQL = """
-- 1 低, 2 中, 3 高, 4 紧急 (``models.casework.pressing``); until here it followed from the priority alone
ALTER TABLE cases ADD COLUMN level INTEGER NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 4);
UPDATE cases SET level = 1 + (priority >= 0.015) + (priority >= 0.05) + (priority >= 0.15);
CREATE INDEX cases_pressing ON cases(state) WHERE level > 1;
"""
