"""Accounts, sign-ins, and the audit log that only grows."""

SQL = """
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
