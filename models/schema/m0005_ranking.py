"""What the classifier says besides the risk."""

SQL = """
-- what the classifier says besides the risk; NULL: the weights that scored did not answer
ALTER TABLE scores ADD COLUMN checkable REAL CHECK (checkable BETWEEN 0 AND 1);
ALTER TABLE scores ADD COLUMN dubious REAL CHECK (dubious BETWEEN 0 AND 1);
ALTER TABLE scores ADD COLUMN unfamiliar INTEGER NOT NULL DEFAULT 0;
ALTER TABLE scores ADD COLUMN witness REAL NOT NULL DEFAULT 0;  -- 0..1: told at first hand
CREATE INDEX scores_by_witness ON scores(witness) WHERE witness > 0;
ALTER TABLE cases ADD COLUMN picked INTEGER NOT NULL DEFAULT 0;  -- by an officer, under the line
ALTER TABLE cases ADD COLUMN checkable REAL;
ALTER TABLE cases ADD COLUMN dubious REAL;
ALTER TABLE cases ADD COLUMN unfamiliar INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN model TEXT NOT NULL DEFAULT '';
-- counted as scores are given, so that what a week looked like outlives its posts
CREATE TABLE score_days (
    day TEXT NOT NULL, model TEXT NOT NULL, band INTEGER NOT NULL CHECK (band BETWEEN 0 AND 9),
    posts INTEGER NOT NULL, low INTEGER NOT NULL,  -- under the line that stood then
    strange REAL NOT NULL,  -- sum of the shares of character pairs no weights know
    unfamiliar INTEGER NOT NULL,
    PRIMARY KEY (day, model, band)
) STRICT, WITHOUT ROWID;
"""
