"""Editions of the model, and what officers took out of its lessons."""

SQL = """
CREATE TABLE withdrawn_lessons (  -- cases that teach the model nothing, by an officer's word
    case_id INTEGER PRIMARY KEY REFERENCES cases(id),
    by INTEGER NOT NULL REFERENCES officers(id), at TEXT NOT NULL, reason TEXT NOT NULL,
    CHECK (by <> 0)
) STRICT;

CREATE TABLE editions (  -- of the model, as renewed by this desk; the weights lie beside the store
    version TEXT PRIMARY KEY, base TEXT NOT NULL, made_at TEXT NOT NULL,
    until TEXT NOT NULL,  -- it learned from nothing decided later
    digest TEXT NOT NULL,  -- SHA-256 of its files
    lessons INTEGER NOT NULL, positives INTEGER NOT NULL, accounts INTEGER NOT NULL,
    ordinary INTEGER NOT NULL, base_rate REAL NOT NULL
) STRICT;
CREATE TRIGGER editions_never_change BEFORE UPDATE ON editions
    BEGIN SELECT RAISE(ABORT, 'rule:edition-immutable'); END;
CREATE TRIGGER editions_are_kept BEFORE DELETE ON editions
    BEGIN SELECT RAISE(ABORT, 'rule:edition-immutable'); END;
CREATE TABLE edition_trials (  -- compared with the one in use, on verdicts neither had seen
    id INTEGER PRIMARY KEY, version TEXT NOT NULL REFERENCES editions(version),
    against TEXT NOT NULL, at TEXT NOT NULL, lessons INTEGER NOT NULL, accounts INTEGER NOT NULL,
    running REAL NOT NULL, candidate REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('not_worse', 'worse'))
) STRICT;
CREATE INDEX edition_trials_by_version ON edition_trials(version, id);
CREATE TABLE edition_uses (  -- the newest row says which model scores
    id INTEGER PRIMARY KEY, version TEXT NOT NULL, at TEXT NOT NULL,
    by INTEGER NOT NULL REFERENCES officers(id), why TEXT NOT NULL
) STRICT;
CREATE TRIGGER edition_uses_never_change BEFORE UPDATE ON edition_uses
    BEGIN SELECT RAISE(ABORT, 'rule:edition-immutable'); END;
CREATE TRIGGER edition_uses_are_kept BEFORE DELETE ON edition_uses
    BEGIN SELECT RAISE(ABORT, 'rule:edition-immutable'); END;
"""
