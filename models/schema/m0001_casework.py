"""Cases, evidence and verdicts, with evidence before a debunk as triggers."""

SQL = """
CREATE TABLE cases (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,
    cluster_id INTEGER NOT NULL UNIQUE REFERENCES clusters(id),
    claim TEXT NOT NULL, reworded INTEGER NOT NULL DEFAULT 0, topic TEXT NOT NULL,
    topic_set INTEGER NOT NULL DEFAULT 0,  -- by an officer
    hazard INTEGER NOT NULL
        CHECK (hazard = (topic IN ('epidemic','food','disaster','medicine','production'))),
    state TEXT NOT NULL, risk REAL NOT NULL, priority REAL NOT NULL,
    posts INTEGER NOT NULL, accounts INTEGER NOT NULL, replies INTEGER NOT NULL,
    doubts INTEGER NOT NULL, first_at TEXT NOT NULL, last_at TEXT NOT NULL,
    opened_at TEXT NOT NULL, due_at TEXT NOT NULL, updated_at TEXT NOT NULL, closed_at TEXT,
    holder_id INTEGER NOT NULL DEFAULT 0 REFERENCES officers(id),
    sampled INTEGER NOT NULL, reasons TEXT NOT NULL, entities TEXT NOT NULL,
    known_notice_id INTEGER REFERENCES notices(id), known_similarity REAL NOT NULL DEFAULT 0,
    known_checked TEXT NOT NULL DEFAULT '',
    dismissed_for TEXT NOT NULL DEFAULT '', dismissed_posts INTEGER NOT NULL DEFAULT 0,
    lead_sent_at TEXT, lead_sent_to TEXT NOT NULL DEFAULT '',
    sample_status TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 1,
    ticks INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX cases_by_priority ON cases(state, priority DESC);
CREATE TRIGGER hazards_stay BEFORE UPDATE OF hazard ON cases
    WHEN OLD.hazard = 1 AND NEW.hazard = 0
    BEGIN SELECT RAISE(ABORT, 'rule:hazard-stays'); END;
CREATE TRIGGER cases_are_kept BEFORE DELETE ON cases
    BEGIN SELECT RAISE(ABORT, 'rule:hazard-stays'); END;
CREATE VIRTUAL TABLE case_search USING fts5(tokens, tokenize='unicode61');

CREATE TABLE case_numbers (day TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT;

CREATE TABLE evidence (
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases(id),
    title TEXT NOT NULL, finding TEXT NOT NULL, url TEXT NOT NULL,
    is_primary INTEGER NOT NULL, independent INTEGER NOT NULL, adverse INTEGER NOT NULL,
    nature TEXT NOT NULL, refutes TEXT NOT NULL, captured_at TEXT NOT NULL,
    sha256 TEXT NOT NULL, media_type TEXT NOT NULL, original BLOB NOT NULL,
    added_by INTEGER NOT NULL REFERENCES officers(id), added_at TEXT NOT NULL,
    withdrawn_at TEXT, withdrawn_by INTEGER REFERENCES officers(id),
    counts INTEGER GENERATED ALWAYS AS (
        adverse = 0 AND withdrawn_at IS NULL AND sha256 <> '' AND refutes <> ''
        AND nature NOT IN ('no_record', 'self_denial', 'own_notice')) STORED,
    CHECK (added_by <> 0)
) STRICT;
CREATE INDEX evidence_by_case ON evidence(case_id);
CREATE TRIGGER evidence_is_only_withdrawn BEFORE UPDATE OF
    title, finding, url, is_primary, independent, adverse, nature, refutes, captured_at, sha256,
    original, media_type, added_by, added_at, case_id ON evidence
    BEGIN SELECT RAISE(ABORT, 'rule:evidence-immutable'); END;
CREATE TRIGGER evidence_stays_withdrawn BEFORE UPDATE OF withdrawn_at, withdrawn_by ON evidence
    WHEN OLD.withdrawn_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'rule:evidence-immutable'); END;
CREATE TRIGGER evidence_is_kept BEFORE DELETE ON evidence
    BEGIN SELECT RAISE(ABORT, 'rule:evidence-immutable'); END;

CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases(id),
    literal TEXT NOT NULL, hazard TEXT NOT NULL, outcome TEXT NOT NULL, ground TEXT NOT NULL,
    evidence_hash TEXT NOT NULL, by INTEGER NOT NULL REFERENCES officers(id), at TEXT NOT NULL,
    review_on TEXT, CHECK (by <> 0),
    CHECK (hazard IN ('excluded', 'standing', 'unknown')),
    CHECK ((literal = 'wrong' AND outcome = 'false')
        OR (literal = 'partly' AND outcome IN ('misleading', 'outdated'))
        OR (literal = 'right' AND outcome = 'true')
        OR (literal = 'unknown' AND outcome IN ('unverified', 'not_a_claim')))
) STRICT;
CREATE INDEX verdicts_by_case ON verdicts(case_id, id);
CREATE TRIGGER verdicts_need_a_verifier BEFORE INSERT ON verdicts
    WHEN NOT EXISTS (SELECT 1 FROM officers
        WHERE id = NEW.by AND role = 'verifier' AND active = 1)
    BEGIN SELECT RAISE(ABORT, 'rule:only-verifiers-decide'); END;
CREATE TRIGGER verdicts_need_evidence BEFORE INSERT ON verdicts
    WHEN NEW.outcome IN ('false', 'misleading', 'outdated') AND NOT (
        SELECT count(*) >= 2 AND sum(is_primary) >= 1 AND sum(independent) >= 1
        FROM evidence WHERE case_id = NEW.case_id AND counts = 1)
    BEGIN SELECT RAISE(ABORT, 'rule:evidence-before-verdict'); END;
CREATE TRIGGER truths_need_evidence BEFORE INSERT ON verdicts
    WHEN NEW.outcome = 'true' AND NOT EXISTS (SELECT 1 FROM evidence WHERE
        case_id = NEW.case_id AND is_primary = 1 AND adverse = 0 AND withdrawn_at IS NULL)
    BEGIN SELECT RAISE(ABORT, 'rule:evidence-before-verdict'); END;
CREATE TRIGGER hazards_need_a_lead BEFORE INSERT ON verdicts
    WHEN NEW.outcome IN ('false', 'misleading', 'outdated') AND EXISTS (SELECT 1 FROM cases WHERE
        id = NEW.case_id AND hazard = 1 AND (lead_sent_at IS NULL OR sample_status = ''))
    BEGIN SELECT RAISE(ABORT, 'rule:evidence-before-verdict'); END;
CREATE TRIGGER verdicts_never_change BEFORE UPDATE ON verdicts
    BEGIN SELECT RAISE(ABORT, 'rule:verdict-immutable'); END;
CREATE TRIGGER verdicts_are_kept BEFORE DELETE ON verdicts
    BEGIN SELECT RAISE(ABORT, 'rule:verdict-immutable'); END;
"""
