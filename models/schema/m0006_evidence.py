"""Evidence counts by what it is, nothing stays public on nothing, and who may end a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.sameness import address, content, document, name, quoted, words

if TYPE_CHECKING:
    from sqlite_utils import Database

COLUMNS = """
-- what an item is, whichever way it is spelled (models.sameness); '' counts for nothing
ALTER TABLE evidence ADD COLUMN name TEXT NOT NULL DEFAULT '';  -- of the title
ALTER TABLE evidence ADD COLUMN gist TEXT NOT NULL DEFAULT '';  -- of the finding
ALTER TABLE evidence ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence ADD COLUMN document TEXT NOT NULL DEFAULT '';  -- '': no file was given
ALTER TABLE evidence ADD COLUMN quoted TEXT NOT NULL DEFAULT '';  -- of the refuted words
ALTER TABLE evidence ADD COLUMN own INTEGER NOT NULL DEFAULT 0;  -- copies a notice of ours
ALTER TABLE evidence ADD COLUMN withdrawn_for TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN quotable TEXT NOT NULL DEFAULT '';  -- of the claim
ALTER TABLE cases ADD COLUMN quotable_of TEXT NOT NULL DEFAULT '';  -- the claim it was read from
ALTER TABLE cases ADD COLUMN dismissed_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claims ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;  -- while a correction is owed
"""


def fill(db: Database) -> None:
    """Read what the stored items and claims are. What is out today is not judged anew by this."""
    for row in list(db.query(_ITEMS)):
        file = "" if row["written"] else document(row["original"], row["media_type"])
        db.execute(
            "UPDATE evidence SET name = ?, gist = ?, address = ?, document = ?, quoted = ?"
            " WHERE id = ?",
            [
                name(row["title"]),
                words(row["finding"]),
                address(row["url"]) if row["url"] else "",
                file,
                content(row["refutes"]),
                row["id"],
            ],
        )
    for row in list(db.query("SELECT id, claim FROM cases")):
        db.execute(
            "UPDATE cases SET quotable = ?, quotable_of = claim WHERE id = ?",
            [quoted(row["claim"]), row["id"]],
        )


# without a file, the written record of what was found is the original
_ITEMS = """SELECT id, title, finding, url, refutes, media_type, original,
    original = cast(title || char(10) || finding || char(10) || url || char(10) AS BLOB) AS written
    FROM evidence ORDER BY id"""

COUNTING = """
CREATE VIEW able_evidence AS SELECT e.id, e.case_id, e.is_primary, e.independent, e.added_by,
    e.name, e.gist, e.address, e.document
    FROM evidence e JOIN cases c ON c.id = e.case_id
    WHERE e.counts = 1 AND e.own = 0 AND length(e.quoted) >= 2 AND e.gist <> ''
    AND (e.document <> '' OR e.address <> '')
    AND c.quotable_of = c.claim AND instr(c.quotable, e.quoted) > 0;
CREATE VIEW counting_evidence AS SELECT e.* FROM able_evidence e
    WHERE NOT EXISTS (SELECT 1 FROM able_evidence f WHERE f.case_id = e.case_id AND f.id < e.id AND (
        (f.document <> '' AND f.document = e.document) OR (f.address <> '' AND f.address = e.address)
        OR (f.gist = e.gist AND (f.name = e.name OR f.document = '' OR e.document = ''))));
CREATE VIEW evidence_carries AS SELECT c.id AS case_id FROM cases c WHERE (
        SELECT count(*) >= 2 AND sum(is_primary) >= 1 AND sum(independent) >= 1
        FROM counting_evidence e WHERE e.case_id = c.id)
    AND (c.hazard = 0 OR EXISTS (SELECT 1 FROM counting_evidence p JOIN counting_evidence i
        ON i.case_id = p.case_id AND i.added_by <> p.added_by
        WHERE p.case_id = c.id AND p.is_primary = 1 AND i.independent = 1));
CREATE VIEW evidence_suffices AS SELECT e.case_id FROM evidence_carries e
    JOIN cases c ON c.id = e.case_id
    WHERE c.hazard = 0 OR (c.lead_sent_at IS NOT NULL AND c.sample_status <> '');
DROP TRIGGER verdicts_need_evidence;
CREATE TRIGGER verdicts_need_evidence BEFORE INSERT ON verdicts
    WHEN NEW.outcome IN ('false', 'misleading', 'outdated')
    AND NEW.case_id NOT IN (SELECT case_id FROM evidence_carries WHERE case_id = NEW.case_id)
    BEGIN SELECT RAISE(ABORT, 'rule:evidence-before-verdict'); END;
DROP TRIGGER evidence_is_only_withdrawn;
CREATE TRIGGER evidence_is_only_withdrawn BEFORE UPDATE OF
    title, finding, url, is_primary, independent, adverse, nature, refutes, captured_at, sha256,
    original, media_type, added_by, added_at, case_id, name, gist, address, document, quoted, own
    ON evidence BEGIN SELECT RAISE(ABORT, 'rule:evidence-immutable'); END;
DROP TRIGGER evidence_stays_withdrawn;
CREATE TRIGGER evidence_stays_withdrawn BEFORE UPDATE OF withdrawn_at, withdrawn_by, withdrawn_for
    ON evidence WHEN OLD.withdrawn_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'rule:evidence-immutable'); END;
CREATE TRIGGER evidence_goes_with_a_reason BEFORE UPDATE OF withdrawn_at ON evidence
    WHEN NEW.withdrawn_at IS NOT NULL AND (NEW.withdrawn_by IS NULL
        OR (NEW.withdrawn_by <> OLD.added_by AND length(trim(NEW.withdrawn_for)) <
            CASE OLD.adverse WHEN 1 THEN 8 ELSE 4 END))
    BEGIN SELECT RAISE(ABORT, 'rule:reason'); END;
CREATE TRIGGER evidence_of_what_is_out_stays BEFORE UPDATE OF withdrawn_at ON evidence
    WHEN (SELECT state FROM cases WHERE id = NEW.case_id) = 'published'
    BEGIN SELECT RAISE(ABORT, 'rule:closed'); END;
"""

ENDING = """
CREATE TABLE closings (  -- one proposes to end a case, another one does it
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases(id),
    reason TEXT NOT NULL DEFAULT '',  -- of a dismissal; '': by a verdict, as no claim
    claim TEXT NOT NULL, evidence_hash TEXT NOT NULL, ground TEXT NOT NULL,
    by INTEGER NOT NULL REFERENCES officers(id), at TEXT NOT NULL, CHECK (by <> 0)
) STRICT;
CREATE INDEX closings_by_case ON closings(case_id, id);
CREATE TRIGGER closings_are_of_those_who_may BEFORE INSERT ON closings
    WHEN NOT EXISTS (SELECT 1 FROM officers WHERE id = NEW.by AND active = 1
        AND (role = 'verifier' OR (role = 'monitor' AND NEW.reason <> '')))
    BEGIN SELECT RAISE(ABORT, 'rule:only-verifiers-decide'); END;
CREATE TRIGGER closings_never_change BEFORE UPDATE ON closings
    BEGIN SELECT RAISE(ABORT, 'rule:two-people'); END;
CREATE TRIGGER closings_are_kept BEFORE DELETE ON closings
    BEGIN SELECT RAISE(ABORT, 'rule:two-people'); END;
-- proposals that still hold: same claim and evidence, no verdict since, and the account is in use
CREATE VIEW open_proposals AS SELECT p.* FROM closings p
    JOIN cases c ON c.id = p.case_id AND c.claim = p.claim
    JOIN officers o ON o.id = p.by AND o.active = 1
        AND (o.role = 'verifier' OR (o.role = 'monitor' AND p.reason <> ''))
    WHERE NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.case_id = p.case_id AND v.at >= p.at)
    AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.case_id = p.case_id
        AND (e.added_at >= p.at OR e.withdrawn_at >= p.at));
CREATE VIEW open_closings AS SELECT * FROM open_proposals WHERE reason = '';
CREATE TRIGGER hazards_are_closed_by_two BEFORE INSERT ON verdicts
    WHEN NEW.outcome = 'not_a_claim' AND (SELECT hazard FROM cases WHERE id = NEW.case_id) = 1
    AND NOT EXISTS (SELECT 1 FROM open_closings p WHERE p.case_id = NEW.case_id
        AND p.by <> NEW.by AND p.evidence_hash = NEW.evidence_hash)
    BEGIN SELECT RAISE(ABORT, 'rule:two-people'); END;
CREATE TRIGGER the_holder_decides BEFORE INSERT ON verdicts
    WHEN EXISTS (SELECT 1 FROM cases c JOIN officers h ON h.id = c.holder_id AND h.active = 1
        WHERE c.id = NEW.case_id AND c.holder_id NOT IN (0, NEW.by))
    BEGIN SELECT RAISE(ABORT, 'rule:not-holder'); END;

CREATE VIEW notices_out AS SELECT id, case_id FROM notices WHERE state IN ('approved', 'published');
CREATE TRIGGER what_is_out_is_not_dropped BEFORE UPDATE OF state ON cases
    WHEN NEW.state IN ('dismissed', 'closed') AND OLD.state <> NEW.state
    AND EXISTS (SELECT 1 FROM notices_out WHERE case_id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'rule:notice-out'); END;
CREATE TRIGGER nothing_is_closed_unsaid BEFORE UPDATE OF state ON cases
    WHEN NEW.state = 'closed' AND OLD.state <> 'closed' AND coalesce((SELECT outcome FROM verdicts
        WHERE case_id = NEW.id ORDER BY id DESC LIMIT 1), '') <> 'not_a_claim'
    BEGIN SELECT RAISE(ABORT, 'rule:transition'); END;
CREATE TRIGGER held_hazards_are_not_dismissed BEFORE UPDATE OF state ON cases
    WHEN NEW.state = 'dismissed' AND OLD.state <> 'dismissed' AND OLD.hazard = 1
    AND EXISTS (SELECT 1 FROM officers h WHERE h.id = OLD.holder_id AND h.id <> 0 AND h.active = 1
        AND h.id <> NEW.dismissed_by AND (h.role = 'verifier' OR NOT EXISTS (SELECT 1
            FROM officers b WHERE b.id = NEW.dismissed_by AND b.role = 'verifier')))
    BEGIN SELECT RAISE(ABORT, 'rule:not-holder'); END;
CREATE TRIGGER hazards_are_dismissed_as_claims BEFORE UPDATE OF state ON cases
    WHEN NEW.state = 'dismissed' AND OLD.state <> 'dismissed' AND OLD.hazard = 1
    AND NEW.dismissed_for = 'not_a_claim' AND (OLD.state <> 'waiting'
        OR EXISTS (SELECT 1 FROM evidence WHERE case_id = NEW.id)
        OR EXISTS (SELECT 1 FROM verdicts WHERE case_id = NEW.id))
    BEGIN SELECT RAISE(ABORT, 'rule:two-people'); END;
"""

OWED = """
-- what is, or may be, in public, and no longer stands on a verdict and evidence that carry it
CREATE VIEW unsupported_notices AS SELECT n.id AS notice_id, n.case_id,
    CASE WHEN w.outcome = v.outcome AND (w.hazard = 'excluded') = (v.hazard = 'excluded')
        THEN 'evidence' ELSE 'verdict' END AS why
    FROM notices n JOIN verdicts v ON v.id = n.verdict_id
    JOIN verdicts w ON w.id = (SELECT max(id) FROM verdicts x WHERE x.case_id = n.case_id)
    WHERE n.kind <> 'verifying'
    AND (n.state = 'published' OR (n.state = 'approved' AND EXISTS (SELECT 1 FROM outbox o
        WHERE o.notice_id = n.id AND o.kind = 'publish'
        AND o.state IN ('in_flight', 'sent', 'unknown'))))
    AND NOT EXISTS (SELECT 1 FROM notices m WHERE m.case_id = n.case_id AND m.id > n.id
        AND m.state = 'published' AND m.kind <> 'verifying')
    AND NOT (w.outcome = v.outcome AND (w.hazard = 'excluded') = (v.hazard = 'excluded')
        AND CASE v.outcome WHEN 'true' THEN EXISTS (SELECT 1 FROM evidence e
            WHERE e.case_id = n.case_id AND e.is_primary = 1 AND e.adverse = 0
            AND e.withdrawn_at IS NULL)
        ELSE n.case_id IN (SELECT case_id FROM evidence_carries WHERE case_id = n.case_id) END);
CREATE TABLE owed_corrections (  -- kept by the triggers below and nobody else
    id INTEGER PRIMARY KEY, notice_id INTEGER NOT NULL REFERENCES notices(id),
    why TEXT NOT NULL CHECK (why IN ('evidence', 'verdict')),
    since TEXT NOT NULL, ended_at TEXT
) STRICT;
CREATE UNIQUE INDEX owed_once ON owed_corrections(notice_id) WHERE ended_at IS NULL;
CREATE TRIGGER owed_are_owed BEFORE UPDATE ON owed_corrections
    WHEN OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.notice_id <> OLD.notice_id
    OR NEW.why <> OLD.why OR NEW.since <> OLD.since
    OR EXISTS (SELECT 1 FROM unsupported_notices WHERE notice_id = NEW.notice_id)
    BEGIN SELECT RAISE(ABORT, 'rule:correction-owed'); END;
CREATE TRIGGER owed_are_kept BEFORE DELETE ON owed_corrections
    BEGIN SELECT RAISE(ABORT, 'rule:correction-owed'); END;
DROP TRIGGER verdicts_are_followed;
CREATE TRIGGER verdicts_are_followed AFTER INSERT ON verdicts BEGIN  -- found true later
    UPDATE claims SET standing = v.standing,
        before = CASE WHEN claims.standing = 'unclear' THEN before ELSE claims.standing END
        FROM verdict_standings v WHERE v.id = NEW.id AND v.standing <> claims.standing
        AND origin = 'own' AND native_id = cast(v.case_id AS TEXT)
        AND (withdrawn_at IS NULL OR suspended = 1); END;
DROP TRIGGER published_is_known;
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
        gone = 0, suspended = 0; END;
CREATE TRIGGER suspended_is_not_known BEFORE UPDATE OF withdrawn_at, suspended ON claims
    WHEN NEW.suspended = 1 AND NEW.withdrawn_at IS NULL
    BEGIN SELECT RAISE(ABORT, 'rule:retracted-is-not-known'); END;
"""

# the claim of our own notice that says what its case's evidence no longer carries
_ON_NOTHING = """((standing IN ('false', 'misleading', 'outdated')
        AND {case} NOT IN (SELECT case_id FROM evidence_carries WHERE case_id = {case}))
    OR (standing = 'true' AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.case_id = {case}
        AND e.is_primary = 1 AND e.adverse = 0 AND e.withdrawn_at IS NULL)))"""
_LOOK = f"""
    INSERT INTO owed_corrections (notice_id, why, since) SELECT u.notice_id, u.why, {{at}}
        FROM unsupported_notices u WHERE u.case_id = {{case}} AND NOT EXISTS (SELECT 1
            FROM owed_corrections o WHERE o.notice_id = u.notice_id AND o.ended_at IS NULL);
    UPDATE owed_corrections SET ended_at = {{at}} WHERE ended_at IS NULL
        AND notice_id IN (SELECT id FROM notices WHERE case_id = {{case}})
        AND notice_id NOT IN (SELECT notice_id FROM unsupported_notices WHERE case_id = {{case}});
    UPDATE claims SET suspended = 1, withdrawn_at = {{at}}, withdrawn_by = 0
        WHERE origin = 'own' AND native_id = cast({{case}} AS TEXT) AND gone = 0
        AND withdrawn_at IS NULL AND {_ON_NOTHING};
    UPDATE claims SET suspended = 0, withdrawn_at = NULL, withdrawn_by = NULL
        WHERE origin = 'own' AND native_id = cast({{case}} AS TEXT) AND gone = 0 AND suspended = 1
        AND notice_id IN (SELECT id FROM notices WHERE state = 'published') AND NOT {_ON_NOTHING};"""  # noqa: S608  (a text of ours)
_MOMENTS = {  # whatever can take the ground away, or give it back
    "evidence_is_looked_at": ("AFTER INSERT ON evidence", "NEW.case_id", "NEW.added_at"),
    "withdrawals_are_looked_at": (
        "AFTER UPDATE OF withdrawn_at ON evidence",
        "NEW.case_id",
        "NEW.withdrawn_at",
    ),
    "verdicts_are_looked_at": ("AFTER INSERT ON verdicts", "NEW.case_id", "NEW.at"),
    "claims_are_looked_at": (
        "AFTER UPDATE OF claim, quotable, quotable_of, hazard ON cases",
        "NEW.id",
        "NEW.updated_at",
    ),
    "notices_are_looked_at": ("AFTER UPDATE OF state ON notices", "NEW.case_id", "NEW.updated_at"),
    "sendings_are_looked_at": (
        "AFTER UPDATE OF state ON outbox",
        "(SELECT case_id FROM notices WHERE id = NEW.notice_id)",
        "coalesce(NEW.settled_at, NEW.taken_at, NEW.queued_at)",
    ),
}
LOOKS = "".join(
    f"CREATE TRIGGER {trigger} {moment} BEGIN{_LOOK.format(case=case, at=at)} END;\n"
    for trigger, (moment, case, at) in _MOMENTS.items()
)
RULES = COUNTING + ENDING + OWED + LOOKS
