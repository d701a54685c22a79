"""Accounts in an administrator's hand: one-time codes, how fresh an account is, failed sign-ins.

An account that an administrator changed within a day reviews and approves nothing, and one whose
owner still owes a password does nothing at all: who resets three passwords is still one person
(docs/decisions/0017-fresh-accounts.md).
"""

SQL = """
ALTER TABLE officers ADD COLUMN made_at TEXT NOT NULL DEFAULT '2000-01-01T00:00:00.000000Z';
ALTER TABLE officers ADD COLUMN changed_at TEXT;  -- by an administrator; NULL: since the founding
ALTER TABLE officers ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;  -- sessions of an earlier one end
UPDATE officers SET
    made_at = coalesce((SELECT min(at) FROM audit WHERE object = 'officer:' || officers.id
        AND action = 'officer.add'), made_at),
    changed_at = (SELECT max(at) FROM audit WHERE object = 'officer:' || officers.id
        AND action IN ('officer.add', 'officer.on', 'officer.password')
        AND NOT (action = 'officer.add'  -- a founder, as today: on the first day, before any case
            AND seq < coalesce((SELECT min(seq) FROM audit
                WHERE object >= 'case:' AND object < 'case;' AND actor <> 'machine'), seq + 1)
            AND julianday(at) - (SELECT min(julianday(at)) FROM audit
                WHERE action = 'officer.add') < 1));
CREATE TRIGGER officers_keep_their_name BEFORE UPDATE OF username, made_at ON officers
    WHEN NEW.username <> OLD.username OR NEW.made_at <> OLD.made_at
    BEGIN SELECT RAISE(ABORT, 'rule:role-immutable'); END;
CREATE TRIGGER new_accounts_are_fresh BEFORE INSERT ON officers
    WHEN NEW.changed_at IS NULL AND NEW.id NOT IN (SELECT id FROM officers) AND (
        EXISTS (SELECT 1 FROM officers WHERE id <> 0
            AND abs(julianday(NEW.made_at) - julianday(made_at)) >= 1)
        OR EXISTS (SELECT 1 FROM audit
            WHERE object >= 'case:' AND object < 'case;' AND actor <> 'machine'))
    BEGIN SELECT RAISE(ABORT, 'rule:fresh-account'); END;
CREATE TRIGGER changed_accounts_are_fresh BEFORE UPDATE OF active, fields ON officers
    WHEN (NEW.active > OLD.active OR NEW.fields <> OLD.fields) AND NEW.changed_at IS NULL
    BEGIN SELECT RAISE(ABORT, 'rule:fresh-account'); END;
CREATE TRIGGER freshness_is_not_taken_back BEFORE UPDATE OF changed_at, epoch ON officers
    WHEN OLD.changed_at IS NOT NULL AND (NEW.changed_at IS NULL
        OR (NEW.changed_at < OLD.changed_at AND (NEW.epoch = OLD.epoch OR  -- else a clock set back
            julianday(OLD.changed_at) - julianday(NEW.changed_at) < 1)))
    BEGIN SELECT RAISE(ABORT, 'rule:fresh-account'); END;
CREATE TRIGGER sessions_end_with_a_change BEFORE UPDATE OF active, fields, epoch ON officers
    WHEN NEW.epoch < OLD.epoch
        OR ((NEW.active <> OLD.active OR NEW.fields <> OLD.fields) AND NEW.epoch = OLD.epoch)
    BEGIN SELECT RAISE(ABORT, 'rule:sessions-end'); END;

CREATE TABLE codes (  -- one-time, until the owner has chosen a password
    officer_id INTEGER PRIMARY KEY REFERENCES officers(id), hash TEXT NOT NULL,
    issued_at TEXT NOT NULL, used_at TEXT,
    CHECK (officer_id <> 0)
) STRICT;
CREATE TRIGGER codes_make_fresh BEFORE INSERT ON codes
    WHEN NOT EXISTS (SELECT 1 FROM officers WHERE id = NEW.officer_id AND
        CASE WHEN changed_at IS NULL THEN made_at = NEW.issued_at
        ELSE changed_at >= NEW.issued_at END)
    BEGIN SELECT RAISE(ABORT, 'rule:fresh-account'); END;
CREATE TRIGGER codes_are_used_once BEFORE UPDATE ON codes
    WHEN NEW.officer_id <> OLD.officer_id OR (NEW.hash = OLD.hash AND OLD.used_at IS NOT NULL)
    BEGIN SELECT RAISE(ABORT, 'rule:code-once'); END;
CREATE TRIGGER new_codes_make_fresh BEFORE UPDATE OF hash ON codes
    WHEN NEW.hash <> OLD.hash AND NOT EXISTS (SELECT 1 FROM officers
        WHERE id = NEW.officer_id AND changed_at >= NEW.issued_at)
    BEGIN SELECT RAISE(ABORT, 'rule:fresh-account'); END;
CREATE TRIGGER codes_go_when_used BEFORE DELETE ON codes WHEN OLD.used_at IS NULL
    BEGIN SELECT RAISE(ABORT, 'rule:code-once'); END;
CREATE VIEW accounts AS SELECT o.*,
    EXISTS (SELECT 1 FROM codes c WHERE c.officer_id = o.id) AS owes FROM officers o;

CREATE TRIGGER fresh_accounts_agree_to_nothing BEFORE INSERT ON approvals
    WHEN NEW.step IN ('review', 'approve') AND EXISTS (SELECT 1 FROM officers
        WHERE id = NEW.by AND abs(julianday(NEW.at) - julianday(changed_at)) < 1)
    BEGIN SELECT RAISE(ABORT, 'rule:fresh-account'); END;
CREATE TRIGGER nothing_goes_out_by_a_fresh_account BEFORE INSERT ON outbox
    WHEN NEW.kind = 'publish' AND EXISTS (SELECT 1 FROM approvals a JOIN officers o ON o.id = a.by
        WHERE a.notice_id = NEW.notice_id AND a.revision = NEW.revision AND a.hash = NEW.hash
        AND a.step IN ('review', 'approve') AND o.changed_at <= a.at
        AND julianday(a.at) - julianday(o.changed_at) < 1)
    BEGIN SELECT RAISE(ABORT, 'rule:fresh-account'); END;
CREATE TRIGGER approvals_owe_no_password BEFORE INSERT ON approvals
    WHEN EXISTS (SELECT 1 FROM codes WHERE officer_id = NEW.by)
    BEGIN SELECT RAISE(ABORT, 'rule:owes-password'); END;
CREATE TRIGGER verdicts_owe_no_password BEFORE INSERT ON verdicts
    WHEN EXISTS (SELECT 1 FROM codes WHERE officer_id = NEW.by)
    BEGIN SELECT RAISE(ABORT, 'rule:owes-password'); END;
CREATE TRIGGER evidence_owes_no_password BEFORE INSERT ON evidence
    WHEN EXISTS (SELECT 1 FROM codes WHERE officer_id = NEW.added_by)
    BEGIN SELECT RAISE(ABORT, 'rule:owes-password'); END;
CREATE TRIGGER revisions_owe_no_password BEFORE INSERT ON revisions
    WHEN EXISTS (SELECT 1 FROM codes WHERE officer_id = NEW.edited_by)
    BEGIN SELECT RAISE(ABORT, 'rule:owes-password'); END;

CREATE TABLE account_changes (  -- what an administrator did to an account, told until it was seen
    id INTEGER PRIMARY KEY, officer_id INTEGER NOT NULL REFERENCES officers(id),
    change TEXT NOT NULL CHECK (change IN ('made', 'reset', 'on', 'off')),
    by INTEGER NOT NULL REFERENCES officers(id), at TEXT NOT NULL
) STRICT;
CREATE INDEX account_changes_by_officer ON account_changes(officer_id, id);
CREATE TRIGGER account_changes_never_change BEFORE UPDATE ON account_changes
    BEGIN SELECT RAISE(ABORT, 'rule:account-changes-kept'); END;
CREATE TRIGGER account_changes_are_kept BEFORE DELETE ON account_changes
    BEGIN SELECT RAISE(ABORT, 'rule:account-changes-kept'); END;
CREATE TABLE account_changes_seen (
    change_id INTEGER NOT NULL REFERENCES account_changes(id),
    officer_id INTEGER NOT NULL REFERENCES officers(id), PRIMARY KEY (change_id, officer_id)
) STRICT, WITHOUT ROWID;

-- a row of today is one name at one place, both keyed; ``at`` is its last failure
ALTER TABLE sign_ins ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE sign_ins ADD COLUMN failures INTEGER NOT NULL DEFAULT 1;
CREATE UNIQUE INDEX sign_ins_by_place ON sign_ins(account, place) WHERE place <> '';
CREATE INDEX sign_ins_by_time ON sign_ins(at);
CREATE TABLE sign_in_hours (  -- failures by account (0: a name that no account has) and hour
    officer_id INTEGER NOT NULL REFERENCES officers(id), hour TEXT NOT NULL,
    failures INTEGER NOT NULL, PRIMARY KEY (officer_id, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (  -- piyao.toml as the desk last read it: keyed digests, no values
    key TEXT PRIMARY KEY, digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
