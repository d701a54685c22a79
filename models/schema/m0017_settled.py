"""Editions that learned what is ordinary here, with no verdict: what each stands on is kept with it."""

SQL = """
CREATE TABLE settled_editions (
    version TEXT PRIMARY KEY REFERENCES editions(version),
    sources INTEGER NOT NULL CHECK (sources > 0), since TEXT NOT NULL,
    drawn_from INTEGER NOT NULL CHECK (drawn_from > 0),
    terms TEXT NOT NULL CHECK (json_valid(terms))  -- examples of what became ordinary
) STRICT;
CREATE TRIGGER settled_editions_have_no_lesson BEFORE INSERT ON settled_editions
    WHEN (SELECT lessons FROM editions WHERE version = NEW.version) <> 0
    BEGIN SELECT RAISE(ABORT, 'rule:settled-by-verdicts'); END;
CREATE TRIGGER settled_editions_never_change BEFORE UPDATE ON settled_editions
    BEGIN SELECT RAISE(ABORT, 'rule:edition-immutable'); END;
CREATE TRIGGER settled_editions_are_kept BEFORE DELETE ON settled_editions
    BEGIN SELECT RAISE(ABORT, 'rule:edition-immutable'); END;
-- what verdicts taught stands its trial; what nobody judged never takes its place, nor an officer's choice
CREATE TRIGGER settling_overrules_nobody BEFORE INSERT ON edition_uses
    WHEN NEW.why = 'settled' AND (
        NOT EXISTS (SELECT 1 FROM settled_editions WHERE version = NEW.version)
        OR EXISTS (SELECT 1 FROM edition_uses u
            WHERE u.id = (SELECT max(id) FROM edition_uses)
            AND u.version NOT IN (SELECT version FROM settled_editions)
            AND (u.why = 'chosen' OR u.version IN (SELECT version FROM editions))))
    BEGIN SELECT RAISE(ABORT, 'rule:settled-overrules'); END;
"""
