"""The library of known claims."""

SQL = """
CREATE TABLE claims (  -- judged before, by us or others
    id INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,  -- own, starter, or the name of an import
    native_id TEXT NOT NULL,  -- of the origin; of our own: the case
    claim TEXT NOT NULL CHECK (claim <> ''), wordings TEXT NOT NULL,
    standing TEXT NOT NULL
        CHECK (standing IN ('false', 'misleading', 'outdated', 'true', 'unclear')),
    before TEXT NOT NULL DEFAULT '',  -- the standing that this one replaced
    truth TEXT NOT NULL, topic TEXT NOT NULL, source TEXT NOT NULL, url TEXT NOT NULL,
    dated TEXT NOT NULL, notice_id INTEGER REFERENCES notices(id),
    by INTEGER NOT NULL REFERENCES officers(id), at TEXT NOT NULL,
    withdrawn_at TEXT, withdrawn_by INTEGER REFERENCES officers(id),
    gone INTEGER NOT NULL DEFAULT 0,  -- its source took it back: it never returns
    edition INTEGER NOT NULL DEFAULT 0,  -- of the library, at its last change
    UNIQUE (origin, native_id), CHECK ((origin = 'own') = (notice_id IS NOT NULL))
) STRICT;
CREATE INDEX claims_by_edition ON claims(edition);
CREATE INDEX claims_by_origin ON claims(origin) WHERE withdrawn_at IS NULL;
CREATE INDEX claims_by_notice ON claims(notice_id) WHERE notice_id IS NOT NULL;
CREATE TABLE claim_edition (edition INTEGER NOT NULL) STRICT;  -- one row
INSERT INTO claim_edition VALUES (1);
CREATE TRIGGER claims_are_counted AFTER INSERT ON claims BEGIN
    UPDATE claim_edition SET edition = edition + 1;
    UPDATE claims SET edition = (SELECT edition FROM claim_edition) WHERE id = NEW.id; END;
CREATE TRIGGER claim_changes_are_counted AFTER UPDATE OF claim, wordings, standing, before, truth,
    topic, source, url, dated, notice_id, withdrawn_at ON claims BEGIN
    UPDATE claim_edition SET edition = edition + 1;
    UPDATE claims SET edition = (SELECT edition FROM claim_edition) WHERE id = NEW.id; END;
CREATE TRIGGER claims_are_kept BEFORE DELETE ON claims
    BEGIN SELECT RAISE(ABORT, 'rule:known-claims-are-kept'); END;
CREATE TRIGGER retracted_is_not_known BEFORE UPDATE ON claims
    WHEN NEW.withdrawn_at IS NULL AND (NEW.gone = 1 OR EXISTS (SELECT 1 FROM notices
        WHERE id = NEW.notice_id AND state <> 'published'))
    BEGIN SELECT RAISE(ABORT, 'rule:retracted-is-not-known'); END;

-- what a verdict says of the claim; a hazard that is not excluded leaves it open
CREATE VIEW verdict_standings AS SELECT id, case_id, CASE WHEN outcome = 'true' THEN 'true'
    WHEN outcome IN ('false', 'misleading', 'outdated') AND hazard = 'excluded' THEN outcome
    ELSE 'unclear' END AS standing FROM verdicts;
-- our own: one a case, by its newest published notice
CREATE VIEW own_claims AS SELECT n.id AS notice_id, cast(n.case_id AS TEXT) AS native_id,
    r.quote AS claim, json_array(c.claim) AS wordings, v.standing, r.title AS truth, c.topic,
    n.number AS source, date(n.published_at, '+8 hours') AS dated, n.published_at AS at
    FROM notices n JOIN revisions r ON r.notice_id = n.id AND r.revision = n.revision
    JOIN cases c ON c.id = n.case_id JOIN verdict_standings v ON v.id = n.verdict_id
    WHERE n.state = 'published' AND n.kind <> 'verifying' AND r.quote <> '';
CREATE TRIGGER published_is_known AFTER UPDATE OF state ON notices
    WHEN NEW.state = 'published' AND OLD.state <> 'published' BEGIN
    INSERT INTO claims (origin, native_id, notice_id, claim, wordings, standing, truth, topic,
        source, url, dated, by, at)
        SELECT 'own', native_id, notice_id, claim, wordings, standing, truth, topic, source, '',
        dated, 0, at FROM own_claims WHERE notice_id = NEW.id
    ON CONFLICT (origin, native_id) DO UPDATE SET notice_id = excluded.notice_id,
        claim = excluded.claim, wordings = excluded.wordings, truth = excluded.truth,
        before = CASE WHEN standing IN (excluded.standing, 'unclear') THEN before ELSE standing END,
        standing = excluded.standing, topic = excluded.topic, source = excluded.source,
        dated = excluded.dated, at = excluded.at, withdrawn_at = NULL, withdrawn_by = NULL,
        gone = 0; END;
CREATE TRIGGER retracted_goes AFTER UPDATE OF state ON notices
    WHEN OLD.state = 'published' AND NEW.state <> 'published' BEGIN
    UPDATE claims SET withdrawn_at = coalesce(withdrawn_at, NEW.updated_at), gone = 1,
        withdrawn_by = coalesce(withdrawn_by, 0) WHERE notice_id = NEW.id; END;
CREATE TRIGGER verdicts_are_followed AFTER INSERT ON verdicts BEGIN  -- found true later
    UPDATE claims SET standing = v.standing,
        before = CASE WHEN claims.standing = 'unclear' THEN before ELSE claims.standing END
        FROM verdict_standings v WHERE v.id = NEW.id AND v.standing <> claims.standing
        AND origin = 'own' AND native_id = cast(v.case_id AS TEXT) AND withdrawn_at IS NULL; END;
INSERT INTO claims (origin, native_id, notice_id, claim, wordings, standing, truth, topic, source,
    url, dated, by, at)
    SELECT 'own', native_id, max(notice_id), claim, wordings, standing, truth, topic, source, '',
    dated, 0, at FROM own_claims GROUP BY native_id;

CREATE TABLE case_claims (  -- a likeness, never a verdict
    case_id INTEGER NOT NULL REFERENCES cases(id), claim_id INTEGER NOT NULL REFERENCES claims(id),
    score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
    relation TEXT NOT NULL CHECK (relation IN ('same', 'elsewhere', 'related')),
    edition INTEGER NOT NULL, PRIMARY KEY (case_id, claim_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_claims_by_claim ON case_claims(claim_id);
INSERT INTO case_claims SELECT c.id, k.id, c.known_similarity, 'same', 1
    FROM cases c JOIN claims k ON k.notice_id = c.known_notice_id;
ALTER TABLE cases DROP COLUMN known_notice_id;
ALTER TABLE cases DROP COLUMN known_similarity;
UPDATE cases SET known_checked = '';
"""
