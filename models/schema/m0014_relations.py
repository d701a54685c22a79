"""What says the opposite of a known claim, or the same story of another day, is told as such."""

SQL = """
CREATE TABLE case_claims_before AS SELECT * FROM case_claims;
DROP TABLE case_claims;
CREATE TABLE case_claims (  -- a likeness, never a verdict
    case_id INTEGER NOT NULL REFERENCES cases(id), claim_id INTEGER NOT NULL REFERENCES claims(id),
    score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    relation TEXT NOT NULL
        CHECK (relation IN ('same', 'opposite', 'elsewhere', 'changed', 'related')),
    edition INTEGER NOT NULL, PRIMARY KEY (case_id, claim_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_claims_by_claim ON case_claims(claim_id);
INSERT INTO case_claims SELECT * FROM case_claims_before;
DROP TABLE case_claims_before;
"""
