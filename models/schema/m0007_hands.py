"""Who acted on a case, for every act; and a review by each field that was ever named for it."""

SQL = """
-- what was done to the case itself, old and new words; other acts stand in tables of their own
CREATE TABLE case_acts (
    id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases(id),
    how TEXT NOT NULL CHECK (how IN
        ('claim', 'topic', 'lead', 'sample', 'dismissal', 'wait', 'reopen', 'pick')),
    was TEXT NOT NULL, became TEXT NOT NULL,  -- '' where this act has no words, or nobody kept them
    by INTEGER NOT NULL REFERENCES officers(id), at TEXT NOT NULL
) STRICT;
CREATE INDEX case_acts_by_case ON case_acts(case_id, how, id);

-- stores of before: what the tables and the log tell. The log did not keep the words of a reword.
INSERT INTO case_acts (case_id, how, was, became, by, at)
    SELECT id, 'claim', '', claim, 0, opened_at FROM cases WHERE reworded = 0;
INSERT INTO case_acts (case_id, how, was, became, by, at)
    SELECT id, 'topic', '', topic, 0, opened_at FROM cases WHERE topic_set = 0;
INSERT INTO case_acts (case_id, how, was, became, by, at)  -- what the posts say, as the machine asks
    SELECT c.id, 'topic', '', s.topic, 0, c.opened_at FROM cases c
    JOIN posts p ON p.cluster_id = c.cluster_id JOIN scores s ON s.post_id = p.id
    WHERE s.topic IN ('epidemic', 'food', 'disaster', 'medicine', 'production')
    GROUP BY c.id, s.topic HAVING s.topic <> c.topic AND 3 * count(*) >=
        (SELECT count(*) FROM posts q JOIN scores t ON t.post_id = q.id
            WHERE q.cluster_id = c.cluster_id);
INSERT INTO case_acts (case_id, how, was, became, by, at)
    SELECT c.id, a.how, '', a.became, a.by, a.at FROM (
        SELECT seq, at, cast(substr(object, 6) AS INTEGER) AS case_id,
            CASE action WHEN 'case.reword' THEN 'claim' WHEN 'case.topic' THEN 'topic'
                WHEN 'case.lead' THEN 'lead' WHEN 'case.sample' THEN 'sample'
                WHEN 'case.wait' THEN 'wait' WHEN 'case.reopen' THEN 'reopen'
                WHEN 'case.pick' THEN 'pick' ELSE 'dismissal' END AS how,
            CASE action WHEN 'case.topic' THEN coalesce(detail ->> 'topic', '')
                WHEN 'case.lead' THEN coalesce(detail ->> 'to', '')
                WHEN 'case.sample' THEN coalesce(detail ->> 'status', '')
                WHEN 'case.dismiss' THEN coalesce(detail ->> 'reason', '') ELSE '' END AS became,
            CASE actor WHEN 'machine' THEN 0 ELSE cast(substr(actor, 9) AS INTEGER) END AS by
        FROM audit WHERE object LIKE 'case:%' AND action IN ('case.reword', 'case.topic',
            'case.lead', 'case.sample', 'case.dismiss', 'case.restore', 'case.resurface',
            'case.wait', 'case.reopen', 'case.pick')) a
    JOIN cases c ON c.id = a.case_id JOIN officers o ON o.id = a.by ORDER BY a.seq;
UPDATE case_acts SET became = c.claim FROM cases c WHERE c.id = case_acts.case_id
    AND c.reworded = 1 AND case_acts.id = (SELECT max(m.id) FROM case_acts m
        WHERE m.case_id = c.id AND m.how = 'claim');
INSERT INTO case_acts (case_id, how, was, became, by, at)
    SELECT id, 'topic', '', topic, 0, updated_at FROM cases c WHERE NOT EXISTS (SELECT 1
        FROM case_acts a WHERE a.case_id = c.id AND a.how = 'topic' AND a.became = c.topic);

CREATE TRIGGER acts_never_change BEFORE UPDATE ON case_acts
    BEGIN SELECT RAISE(ABORT, 'rule:act-immutable'); END;
CREATE TRIGGER acts_are_kept BEFORE DELETE ON case_acts
    BEGIN SELECT RAISE(ABORT, 'rule:act-immutable'); END;
CREATE TRIGGER acts_are_of_those_who_may BEFORE INSERT ON case_acts
    WHEN NEW.by <> 0 AND NOT EXISTS (SELECT 1 FROM officers
        WHERE id = NEW.by AND active = 1 AND role IN ('monitor', 'verifier'))
    BEGIN SELECT RAISE(ABORT, 'rule:act-unsigned'); END;
CREATE TRIGGER the_machine_does_nobodys_acts BEFORE INSERT ON case_acts  -- what it may do itself
    WHEN NEW.by = 0 AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = NEW.case_id AND CASE NEW.how
        WHEN 'claim' THEN c.reworded = 0 AND c.state = 'waiting' OR NEW.was = ''
        WHEN 'topic' THEN c.topic_set = 0 OR c.hazard = 0 OR NEW.was = ''
        WHEN 'dismissal' THEN c.state = 'dismissed' AND NEW.became = ''
        ELSE 0 END)
    BEGIN SELECT RAISE(ABORT, 'rule:act-unsigned'); END;
CREATE TRIGGER cases_begin_with_their_words AFTER INSERT ON cases BEGIN
    INSERT INTO case_acts (case_id, how, was, became, by, at) VALUES
        (NEW.id, 'claim', '', NEW.claim, 0, NEW.opened_at),
        (NEW.id, 'topic', '', NEW.topic, 0, NEW.opened_at); END;

CREATE VIEW last_acts AS SELECT * FROM case_acts a WHERE a.id = (SELECT max(b.id) FROM case_acts b
    WHERE b.case_id = a.case_id AND b.how = a.how);
CREATE TRIGGER cases_change_by_an_act BEFORE UPDATE OF
    claim, topic, lead_sent_at, lead_sent_to, sample_status, dismissed_for ON cases
    WHEN (NEW.claim <> OLD.claim AND NOT EXISTS (SELECT 1 FROM last_acts a
            WHERE a.case_id = OLD.id AND a.how = 'claim'
            AND a.was = OLD.claim AND a.became = NEW.claim))
        OR (NEW.topic <> OLD.topic AND NOT EXISTS (SELECT 1 FROM last_acts a
            WHERE a.case_id = OLD.id AND a.how = 'topic'
            AND a.was = OLD.topic AND a.became = NEW.topic))
        OR ((NEW.lead_sent_at IS NOT OLD.lead_sent_at OR NEW.lead_sent_to <> OLD.lead_sent_to)
            AND NOT EXISTS (SELECT 1 FROM last_acts a WHERE a.case_id = OLD.id AND a.how = 'lead'
            AND a.was = OLD.lead_sent_to AND a.became = NEW.lead_sent_to
            AND a.at = NEW.lead_sent_at))
        OR (NEW.sample_status <> OLD.sample_status AND NOT EXISTS (SELECT 1 FROM last_acts a
            WHERE a.case_id = OLD.id AND a.how = 'sample'
            AND a.was = OLD.sample_status AND a.became = NEW.sample_status))
        OR (NEW.dismissed_for <> OLD.dismissed_for AND NOT EXISTS (SELECT 1 FROM last_acts a
            WHERE a.case_id = OLD.id AND a.how = 'dismissal'
            AND a.was = OLD.dismissed_for AND a.became = NEW.dismissed_for))
    BEGIN SELECT RAISE(ABORT, 'rule:act-unsigned'); END;
CREATE TRIGGER withdrawals_are_signed BEFORE UPDATE OF withdrawn_at, withdrawn_by ON evidence
    WHEN NEW.withdrawn_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM officers
        WHERE id = NEW.withdrawn_by AND active = 1 AND role IN ('monitor', 'verifier'))
    BEGIN SELECT RAISE(ABORT, 'rule:act-unsigned'); END;
CREATE TRIGGER the_machine_only_drafts BEFORE INSERT ON revisions
    WHEN NEW.edited_by = 0 AND NEW.revision > 1
    BEGIN SELECT RAISE(ABORT, 'rule:act-unsigned'); END;
-- what was agreed to is neither reworded nor a draft again, whatever became of it
CREATE TRIGGER agreed_words_stand BEFORE UPDATE OF state, revision ON notices
    WHEN OLD.state NOT IN ('draft', 'in_review')
        AND (NEW.revision <> OLD.revision OR NEW.state IN ('draft', 'in_review'))
    BEGIN SELECT RAISE(ABORT, 'rule:notice-state'); END;

-- what somebody found or decided is dropped by two: of a hazard, whoever found it
CREATE VIEW open_dismissals AS SELECT p.* FROM open_proposals p WHERE p.reason <> ''
    AND NOT EXISTS (SELECT 1 FROM case_acts a WHERE a.case_id = p.case_id AND a.at >= p.at
        AND (a.how = 'topic' OR (a.how = 'dismissal' AND a.was <> '')));  -- or taken back since
CREATE TRIGGER what_was_found_is_dropped_by_two BEFORE UPDATE OF state ON cases
    WHEN NEW.state = 'dismissed' AND OLD.state <> 'dismissed'
    AND (EXISTS (SELECT 1 FROM evidence e WHERE e.case_id = NEW.id
            AND (OLD.hazard = 1 OR e.added_by IS NOT NEW.dismissed_by))
        OR EXISTS (SELECT 1 FROM verdicts v WHERE v.case_id = NEW.id
            AND (OLD.hazard = 1 OR v.by IS NOT NEW.dismissed_by)))
    AND NOT EXISTS (SELECT 1 FROM open_dismissals p WHERE p.case_id = NEW.id
        AND p.by <> NEW.dismissed_by AND p.reason = NEW.dismissed_for)
    BEGIN SELECT RAISE(ABORT, 'rule:two-people'); END;

-- where nothing is decided no text asserts it (models.publishing.wording knows more words)
CREATE TRIGGER unverified_is_not_called_false BEFORE INSERT ON revisions
    WHEN (SELECT kind FROM notices WHERE id = NEW.notice_id) = 'verifying'
    AND EXISTS (SELECT 1 FROM json_each('["系不实", "系谣言", "系虚假", "纯属"]') w
        WHERE instr(NEW.title || char(10) || NEW.findings || char(10) || NEW.closing, w.value)
        AND NOT instr(NEW.quote, w.value))
    BEGIN SELECT RAISE(ABORT, 'rule:unverified-is-not-false'); END;

-- everybody who acted on a case, by every act but taking it, putting it back and reviewing it
CREATE VIEW hands AS
    SELECT case_id, by, how, NULL AS notice_id, at FROM case_acts WHERE by <> 0
    UNION ALL SELECT case_id, by, 'verdict', NULL, at FROM verdicts
    UNION ALL SELECT case_id, by, iif(reason = '', 'closing', 'dismissal'), NULL, at FROM closings
    UNION ALL SELECT case_id, added_by, 'evidence', NULL, added_at FROM evidence
    UNION ALL SELECT case_id, withdrawn_by, 'withdrawal', NULL, withdrawn_at FROM evidence
        WHERE withdrawn_by <> 0
    UNION ALL SELECT n.case_id, r.edited_by, 'text', n.id, r.at
        FROM notices n JOIN revisions r ON r.notice_id = n.id WHERE r.edited_by <> 0
    UNION ALL SELECT n.case_id, a.by, a.step, n.id, a.at
        FROM notices n JOIN approvals a ON a.notice_id = n.id WHERE a.step IN ('submit', 'retract');

-- the hazards that machine or officer ever named for a case: a reviewer of each field is needed
CREATE VIEW case_fields AS SELECT DISTINCT case_id, became AS topic FROM case_acts
    WHERE how = 'topic'
    AND became IN ('epidemic', 'food', 'disaster', 'medicine', 'production');

-- reviews that count, one row a field: of officers still at work whose hands are not in the case
CREATE VIEW sound_reviews AS
    SELECT r.id, r.notice_id, r.revision, r.hash, r.by, f.value AS topic
    FROM approvals r JOIN notices n ON n.id = r.notice_id
    JOIN officers o ON o.id = r.by AND o.role = 'verifier' AND o.active = 1,
    json_each(o.fields) f
    WHERE r.step = 'review'
    AND NOT EXISTS (SELECT 1 FROM hands h WHERE h.case_id = n.case_id AND h.by = r.by)
    AND NOT EXISTS (SELECT 1 FROM approvals x
        WHERE x.notice_id = r.notice_id AND x.step = 'refuse' AND x.id > r.id);

DROP TRIGGER four_eyes;
CREATE TRIGGER four_eyes BEFORE INSERT ON approvals
    WHEN NEW.step IN ('review', 'approve') AND (
        EXISTS (SELECT 1 FROM hands h WHERE h.by = NEW.by
            AND h.case_id = (SELECT case_id FROM notices WHERE id = NEW.notice_id))
        OR (NEW.step = 'approve' AND EXISTS (SELECT 1 FROM approvals
            WHERE notice_id = NEW.notice_id AND by = NEW.by AND step = 'review'))
        OR (NEW.step = 'approve' AND NOT EXISTS (SELECT 1 FROM officers
            WHERE id = NEW.by AND role = 'publisher' AND active = 1))
        OR (NEW.step = 'review' AND NOT EXISTS (SELECT 1 FROM officers o, json_each(o.fields) f
            WHERE o.id = NEW.by AND o.role = 'verifier' AND o.active = 1
            AND f.value IN (SELECT z.topic FROM case_fields z JOIN notices n
                ON n.case_id = z.case_id WHERE n.id = NEW.notice_id))))
    BEGIN SELECT RAISE(ABORT, 'rule:four-eyes'); END;

DROP VIEW sound_approvals;
CREATE VIEW sound_approvals AS SELECT a.notice_id, a.revision, a.hash
    FROM approvals a JOIN notices n ON n.id = a.notice_id AND n.revision = a.revision
    JOIN cases c ON c.id = n.case_id
    JOIN officers o ON o.id = a.by AND o.role = 'publisher' AND o.active = 1
    WHERE a.step = 'approve'
    AND NOT EXISTS (SELECT 1 FROM approvals x WHERE x.notice_id = a.notice_id
        AND x.step = 'refuse' AND x.id > a.id)
    AND NOT EXISTS (SELECT 1 FROM hands h WHERE h.case_id = c.id AND h.by = a.by)
    AND EXISTS (SELECT 1 FROM approvals s WHERE s.notice_id = a.notice_id AND s.step = 'submit'
        AND s.revision = a.revision AND s.hash = a.hash AND s.id < a.id
        AND s.at >= coalesce((SELECT max(e.withdrawn_at) FROM evidence e
            WHERE e.case_id = c.id AND e.adverse = 1), ''))  -- taken away unseen since
    AND NOT EXISTS (SELECT 1 FROM case_fields z WHERE z.case_id = c.id
        AND NOT EXISTS (SELECT 1 FROM sound_reviews r WHERE r.notice_id = a.notice_id
            AND r.revision = a.revision AND r.hash = a.hash AND r.topic = z.topic
            AND r.id < a.id AND r.by <> a.by))
    AND (n.verdict_id IS NULL OR EXISTS (SELECT 1 FROM verdicts v WHERE v.id = n.verdict_id
        AND v.id = (SELECT max(id) FROM verdicts w WHERE w.case_id = c.id)
        AND (v.outcome NOT IN ('false', 'misleading', 'outdated')
            OR c.id IN (SELECT case_id FROM evidence_suffices WHERE case_id = c.id))));
CREATE TRIGGER nothing_is_sent_unapproved BEFORE UPDATE OF state ON outbox  -- nor what was undone since
    WHEN NEW.state = 'in_flight' AND OLD.state <> 'in_flight' AND NEW.kind = 'publish'
    AND NOT EXISTS (SELECT 1 FROM sound_approvals a WHERE
        a.notice_id = NEW.notice_id AND a.revision = NEW.revision AND a.hash = NEW.hash)
    BEGIN SELECT RAISE(ABORT, 'rule:four-eyes'); END;
"""
