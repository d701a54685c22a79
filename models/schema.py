"""The tables of the store, as migrations, and the rules that the store itself enforces.

The triggers repeat in SQL what ``models.workflow`` says in Python: evidence before a debunk, four
eyes before publication, an audit log that only grows. A caller that goes around the functions
meets the same wall.
"""

from __future__ import annotations

from models import driver

from sqlite_utils import Database, Migrations  # isort: skip

migrations = Migrations("piyao")

INTAKE = """
CREATE TABLE sources (
    name TEXT PRIMARY KEY, kind TEXT NOT NULL, url TEXT NOT NULL, every REAL NOT NULL,
    allow_private INTEGER NOT NULL, enabled INTEGER NOT NULL, label TEXT NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    etag TEXT NOT NULL DEFAULT '', last_modified TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE crawl_runs (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL REFERENCES sources(name),
    started_at TEXT NOT NULL, finished_at TEXT, outcome TEXT NOT NULL,
    fetched INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0, broken INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX crawl_runs_by_source ON crawl_runs(source, id);

CREATE TABLE faults (
    id INTEGER PRIMARY KEY, run_id INTEGER REFERENCES crawl_runs(id), source TEXT NOT NULL,
    at TEXT NOT NULL, what TEXT NOT NULL, place TEXT NOT NULL, mend TEXT NOT NULL,
    raw BLOB NOT NULL, digest TEXT NOT NULL, UNIQUE (source, what, digest)
) STRICT;

CREATE TABLE clusters (
    id INTEGER PRIMARY KEY, first_at TEXT NOT NULL, last_at TEXT NOT NULL,
    stale INTEGER NOT NULL DEFAULT 1  -- its case has not seen the newest scores
) STRICT;
CREATE INDEX clusters_stale ON clusters(id) WHERE stale = 1;

CREATE TABLE posts (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, native_id TEXT NOT NULL,
    url TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    verbatim BLOB,  -- as it came, phones masked; only where cleaning changed it
    published_at TEXT NOT NULL, collected_at TEXT NOT NULL, changed_at TEXT NOT NULL,
    author_key TEXT NOT NULL, likes INTEGER NOT NULL, reposts INTEGER NOT NULL,
    cluster_id INTEGER REFERENCES clusters(id), scored_at TEXT,
    UNIQUE (source, native_id)
) STRICT;
CREATE INDEX posts_by_cluster ON posts(cluster_id) WHERE cluster_id IS NOT NULL;
CREATE INDEX posts_unscored ON posts(id) WHERE scored_at IS NULL;
CREATE INDEX posts_by_age ON posts(collected_at);

CREATE TABLE replies (
    post_id INTEGER NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
    native_id TEXT NOT NULL, text TEXT NOT NULL, at TEXT,
    PRIMARY KEY (post_id, native_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE scores (
    post_id INTEGER PRIMARY KEY REFERENCES posts(id) ON DELETE CASCADE,
    risk REAL NOT NULL CHECK (risk BETWEEN 0 AND 1), reasons TEXT NOT NULL, topic TEXT NOT NULL,
    entities TEXT NOT NULL, doubts INTEGER NOT NULL, model TEXT NOT NULL, at TEXT NOT NULL,
    sampled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE fingerprints (
    post_id INTEGER PRIMARY KEY REFERENCES posts(id) ON DELETE CASCADE, signature BLOB NOT NULL
) STRICT;
CREATE TABLE bands (
    key INTEGER NOT NULL,
    post_id INTEGER NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
    PRIMARY KEY (key, post_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bands_by_post ON bands(post_id);
"""

PEOPLE = """
CREATE TABLE officers (
    id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN
        ('viewer','monitor','verifier','publisher','admin','machine')),
    number INTEGER NOT NULL, fields TEXT NOT NULL, active INTEGER NOT NULL DEFAULT 1,
    UNIQUE (role, number)
) STRICT;
INSERT INTO officers VALUES (0, '', 'machine', 0, '[]', 1);
CREATE TRIGGER officers_keep_their_role BEFORE UPDATE OF id, role ON officers
    BEGIN SELECT RAISE(ABORT, 'rule:role-immutable'); END;
CREATE TRIGGER officers_are_kept BEFORE DELETE ON officers  -- INSERT OR REPLACE deletes too
    BEGIN SELECT RAISE(ABORT, 'rule:role-immutable'); END;

CREATE TABLE sign_ins (  -- failures only: for the back-off
    account TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX sign_ins_by_account ON sign_ins(account, at);

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    object TEXT NOT NULL, detail TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX audit_by_object ON audit(object, seq);
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'rule:audit-append-only'); END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'rule:audit-append-only'); END;
"""

CASES = """
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

NOTICES = """
CREATE TABLE notices (
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases(id),
    kind TEXT NOT NULL, state TEXT NOT NULL, verdict_id INTEGER REFERENCES verdicts(id),
    year INTEGER, serial INTEGER, number TEXT NOT NULL DEFAULT '',
    revision INTEGER NOT NULL, submitted_by INTEGER NOT NULL DEFAULT 0 REFERENCES officers(id),
    approved_hash TEXT NOT NULL DEFAULT '', issued_at TEXT, published_at TEXT,
    retracted_at TEXT, retracted_for TEXT NOT NULL DEFAULT '', updated_at TEXT NOT NULL,
    UNIQUE (year, serial),
    CHECK (kind IN ('debunk', 'statement', 'confirmation', 'verifying')),
    CHECK (kind = 'verifying' OR verdict_id IS NOT NULL)
) STRICT;
CREATE INDEX notices_by_case ON notices(case_id);
CREATE TRIGGER debunks_need_a_verdict BEFORE INSERT ON notices
    WHEN NEW.kind = 'debunk' AND NOT EXISTS (SELECT 1 FROM verdicts
        WHERE id = NEW.verdict_id AND case_id = NEW.case_id AND hazard = 'excluded'
        AND outcome IN ('false', 'misleading', 'outdated'))
    BEGIN SELECT RAISE(ABORT, 'rule:unverified-is-not-false'); END;
CREATE TRIGGER notices_say_what_the_verdict_says BEFORE INSERT ON notices
    WHEN NEW.verdict_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM verdicts
        WHERE id = NEW.verdict_id AND case_id = NEW.case_id AND CASE NEW.kind
            WHEN 'confirmation' THEN outcome = 'true'
            WHEN 'verifying' THEN outcome = 'unverified'
            ELSE outcome IN ('false', 'misleading', 'outdated') END)
    BEGIN SELECT RAISE(ABORT, 'rule:unverified-is-not-false'); END;
CREATE TRIGGER notices_keep_their_kind BEFORE UPDATE OF kind, verdict_id, case_id ON notices
    BEGIN SELECT RAISE(ABORT, 'rule:notice-kind-immutable'); END;
CREATE TRIGGER notices_are_kept BEFORE DELETE ON notices
    BEGIN SELECT RAISE(ABORT, 'rule:notice-kind-immutable'); END;

CREATE TABLE revisions (
    notice_id INTEGER NOT NULL REFERENCES notices(id), revision INTEGER NOT NULL,
    title TEXT NOT NULL, findings TEXT NOT NULL, quote TEXT NOT NULL, closing TEXT NOT NULL,
    basis TEXT NOT NULL, edited_by INTEGER NOT NULL REFERENCES officers(id), at TEXT NOT NULL,
    PRIMARY KEY (notice_id, revision)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER revisions_never_change BEFORE UPDATE ON revisions
    BEGIN SELECT RAISE(ABORT, 'rule:revision-immutable'); END;
CREATE TRIGGER revisions_are_kept BEFORE DELETE ON revisions
    BEGIN SELECT RAISE(ABORT, 'rule:revision-immutable'); END;

CREATE TABLE approvals (
    id INTEGER PRIMARY KEY, notice_id INTEGER NOT NULL, revision INTEGER NOT NULL,
    hash TEXT NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('submit', 'review', 'approve', 'refuse', 'retract')),
    reason TEXT NOT NULL, by INTEGER NOT NULL REFERENCES officers(id), at TEXT NOT NULL,
    CHECK (by <> 0),
    FOREIGN KEY (notice_id, revision) REFERENCES revisions(notice_id, revision)
) STRICT;
CREATE INDEX approvals_by_notice ON approvals(notice_id, id);
CREATE TRIGGER approvals_never_change BEFORE UPDATE ON approvals
    BEGIN SELECT RAISE(ABORT, 'rule:approval-immutable'); END;
CREATE TRIGGER approvals_are_kept BEFORE DELETE ON approvals
    BEGIN SELECT RAISE(ABORT, 'rule:approval-immutable'); END;
CREATE TRIGGER four_eyes BEFORE INSERT ON approvals
    WHEN NEW.step IN ('review', 'approve') AND (
        EXISTS (SELECT 1 FROM verdicts v JOIN notices n ON n.case_id = v.case_id
            WHERE n.id = NEW.notice_id AND v.by = NEW.by)
        OR EXISTS (SELECT 1 FROM evidence e JOIN notices n ON n.case_id = e.case_id
            WHERE n.id = NEW.notice_id AND e.added_by = NEW.by)
        OR EXISTS (SELECT 1 FROM revisions WHERE notice_id = NEW.notice_id AND edited_by = NEW.by)
        OR EXISTS (SELECT 1 FROM approvals WHERE notice_id = NEW.notice_id
            AND by = NEW.by AND step = 'submit')
        OR (NEW.step = 'approve' AND EXISTS (SELECT 1 FROM approvals
            WHERE notice_id = NEW.notice_id AND by = NEW.by AND step = 'review'))
        OR (NEW.step = 'approve' AND NOT EXISTS (SELECT 1 FROM officers
            WHERE id = NEW.by AND role = 'publisher' AND active = 1))
        OR (NEW.step = 'review' AND NOT EXISTS (SELECT 1 FROM officers o, json_each(o.fields) f
            WHERE o.id = NEW.by AND o.role = 'verifier' AND o.active = 1
            AND f.value = (SELECT c.topic FROM cases c JOIN notices n ON n.case_id = c.id
                WHERE n.id = NEW.notice_id))))
    BEGIN SELECT RAISE(ABORT, 'rule:four-eyes'); END;
CREATE TRIGGER submissions_need_a_verifier BEFORE INSERT ON approvals
    WHEN NEW.step = 'submit' AND NOT EXISTS (SELECT 1 FROM officers
        WHERE id = NEW.by AND role = 'verifier' AND active = 1)
    BEGIN SELECT RAISE(ABORT, 'rule:four-eyes'); END;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, notice_id INTEGER NOT NULL REFERENCES notices(id),
    revision INTEGER NOT NULL, channel TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('publish', 'retract', 'supersede')), hash TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'in_flight', 'sent', 'rejected', 'unknown')),
    fence INTEGER NOT NULL DEFAULT 0, holder TEXT NOT NULL DEFAULT '',
    queued_at TEXT NOT NULL, taken_at TEXT, settled_at TEXT,
    receipt TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
    looked_at TEXT, looks INTEGER NOT NULL DEFAULT 0,
    UNIQUE (notice_id, revision, channel, kind)
) STRICT;
CREATE INDEX outbox_by_state ON outbox(state, id);
-- the approval: the last one of this very text, by somebody who touched nothing of it, after a
-- submission and (hazards) a review of the same text by others, none of it older than a refusal
CREATE VIEW sound_approvals AS SELECT a.notice_id, a.revision, a.hash
    FROM approvals a JOIN notices n ON n.id = a.notice_id AND n.revision = a.revision
    JOIN cases c ON c.id = n.case_id
    WHERE a.step = 'approve'
    AND NOT EXISTS (SELECT 1 FROM approvals x WHERE x.notice_id = a.notice_id
        AND x.step = 'refuse' AND x.id > a.id)
    AND NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.case_id = c.id AND v.by = a.by)
    AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.case_id = c.id AND e.added_by = a.by)
    AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.notice_id = n.id AND r.edited_by = a.by)
    AND EXISTS (SELECT 1 FROM approvals s WHERE s.notice_id = a.notice_id AND s.step = 'submit'
        AND s.revision = a.revision AND s.hash = a.hash AND s.id < a.id AND s.by <> a.by
        AND (c.hazard = 0 OR EXISTS (SELECT 1 FROM approvals r WHERE r.notice_id = a.notice_id
            AND r.step = 'review' AND r.revision = a.revision AND r.hash = a.hash
            AND r.by NOT IN (a.by, s.by) AND r.id < a.id
            AND r.by NOT IN (SELECT v.by FROM verdicts v WHERE v.case_id = c.id
                UNION SELECT e.added_by FROM evidence e WHERE e.case_id = c.id
                UNION SELECT w.edited_by FROM revisions w WHERE w.notice_id = n.id)
            AND NOT EXISTS (SELECT 1
                FROM approvals x WHERE x.notice_id = a.notice_id AND x.step = 'refuse'
                AND x.id > r.id))))
    AND (n.verdict_id IS NULL OR EXISTS (SELECT 1 FROM verdicts v WHERE v.id = n.verdict_id
        AND v.id = (SELECT max(id) FROM verdicts w WHERE w.case_id = c.id)
        AND (v.outcome NOT IN ('false', 'misleading', 'outdated') OR (
            SELECT count(*) >= 2 AND sum(is_primary) >= 1 AND sum(independent) >= 1
            FROM evidence e WHERE e.case_id = c.id AND e.counts = 1))));
CREATE TRIGGER nothing_goes_out_unapproved BEFORE INSERT ON outbox
    WHEN NEW.kind = 'publish' AND NOT EXISTS (SELECT 1 FROM sound_approvals a WHERE
        a.notice_id = NEW.notice_id AND a.revision = NEW.revision AND a.hash = NEW.hash)
    BEGIN SELECT RAISE(ABORT, 'rule:four-eyes'); END;
CREATE TRIGGER outbox_begins_queued BEFORE INSERT ON outbox WHEN NEW.state <> 'queued'
    BEGIN SELECT RAISE(ABORT, 'rule:at-most-once'); END;
CREATE TRIGGER outbox_keeps_what_it_sends BEFORE UPDATE OF
    id, notice_id, revision, channel, kind, hash ON outbox
    BEGIN SELECT RAISE(ABORT, 'rule:four-eyes'); END;
CREATE TRIGGER outbox_moves_forward BEFORE UPDATE OF state ON outbox
    WHEN NOT (
        (OLD.state = 'queued' AND NEW.state IN ('in_flight', 'rejected'))
        OR (OLD.state = 'in_flight' AND NEW.state IN ('sent', 'rejected', 'unknown'))
        OR (OLD.state = 'unknown' AND NEW.state IN ('sent', 'rejected', 'queued'))
        OR OLD.state = NEW.state)
    BEGIN SELECT RAISE(ABORT, 'rule:at-most-once'); END;
CREATE TRIGGER outbox_is_kept BEFORE DELETE ON outbox
    BEGIN SELECT RAISE(ABORT, 'rule:at-most-once'); END;
"""

CLOCK = """
CREATE TABLE leases (
    name TEXT PRIMARY KEY, holder TEXT NOT NULL, fence INTEGER NOT NULL, expires_at TEXT NOT NULL
) STRICT;
CREATE TABLE jobs (
    name TEXT PRIMARY KEY, started_at TEXT, finished_at TEXT, ok INTEGER NOT NULL,
    message TEXT NOT NULL, failures INTEGER NOT NULL
) STRICT;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""

LESSONS = """
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


@migrations(name="0001_house")
def house(db: Database) -> None:
    for part in (INTAKE, PEOPLE, CASES, NOTICES, CLOCK):
        for statement in _statements(part):
            db.execute(statement)


WINDOW = """
-- wordings instead of posts: bands held sixty keys for each copy of each post
DROP TABLE bands;
DROP TABLE fingerprints;
CREATE TABLE wordings (
    id INTEGER PRIMARY KEY, digest INTEGER NOT NULL UNIQUE,
    cluster_id INTEGER NOT NULL REFERENCES clusters(id) ON DELETE CASCADE,
    post_id INTEGER NOT NULL REFERENCES posts(id) ON DELETE CASCADE,  -- the newest that says it
    seen INTEGER NOT NULL,  -- the day it was last met, as an ordinal
    keys TEXT NOT NULL, form TEXT NOT NULL
) STRICT;
CREATE INDEX wordings_by_cluster ON wordings(cluster_id);
CREATE INDEX wordings_by_post ON wordings(post_id);
CREATE INDEX wordings_by_age ON wordings(seen);
CREATE TABLE bands (  -- wordings.keys turned round, by the triggers and nobody else
    key INTEGER NOT NULL, wording_id INTEGER NOT NULL, PRIMARY KEY (key, wording_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE filed_wordings (filed INTEGER NOT NULL) STRICT;  -- one row: count(*) reads them all
INSERT INTO filed_wordings VALUES (0);
CREATE TRIGGER wordings_are_filed AFTER INSERT ON wordings BEGIN
    INSERT INTO bands SELECT value, NEW.id FROM json_each(NEW.keys);
    UPDATE filed_wordings SET filed = filed + 1; END;
CREATE TRIGGER wordings_are_let_go AFTER DELETE ON wordings BEGIN
    DELETE FROM bands WHERE (key, wording_id) IN (SELECT value, OLD.id FROM json_each(OLD.keys));
    UPDATE filed_wordings SET filed = filed - 1; END;
UPDATE posts SET scored_at = NULL WHERE cluster_id IS NOT NULL;  -- read once more, and filed anew
"""


@migrations(name="0002_window")
def window(db: Database) -> None:
    for statement in _statements(WINDOW):
        db.execute(statement)


CLAIMS = """
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


@migrations(name="0003_claims")
def claims(db: Database) -> None:
    for statement in _statements(CLAIMS):
        db.execute(statement)


QUESTIONS = """
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


@migrations(name="0005_questions")
def questions(db: Database) -> None:
    for statement in _statements(QUESTIONS):
        db.execute(statement)


@migrations(name="0004_lessons")
def lessons(db: Database) -> None:
    for statement in _statements(LESSONS):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """Single statements: ``executescript`` would commit the migration's transaction half-way."""
    found, held = [], ""
    for line in script.splitlines(keepends=True):
        held += line
        if driver.library.complete_statement(held) and held.strip():
            found.append(held)
            held = ""
    return found
