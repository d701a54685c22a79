"""Notices, their steps and their ways out; evidence and four eyes again, as triggers."""

SQL = """
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
