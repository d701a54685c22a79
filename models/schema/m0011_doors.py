"""How much one person uploads in a day: each original that came as a file, counted as it is stored."""

SQL = """
CREATE TABLE upload_limits (  -- one row: what piyao.toml says under [uploads]
    id INTEGER PRIMARY KEY CHECK (id = 1),
    files INTEGER NOT NULL CHECK (files > 0), bytes INTEGER NOT NULL CHECK (bytes > 0),
    keep_free INTEGER NOT NULL CHECK (keep_free >= 0)  -- bytes of the disk
) STRICT;
INSERT INTO upload_limits (id, files, bytes, keep_free) VALUES (1, 200, 524288000, 524288000);
CREATE TRIGGER upload_limits_are_kept BEFORE DELETE ON upload_limits
    BEGIN SELECT RAISE(ABORT, 'rule:upload-quota'); END;

CREATE TABLE uploads (
    id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL UNIQUE REFERENCES evidence(id),
    officer_id INTEGER NOT NULL REFERENCES officers(id),
    day TEXT NOT NULL,  -- of China
    bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_by_day ON uploads(officer_id, day);
-- an item without a file holds the words of its form, which are no upload
CREATE TRIGGER evidence_is_counted AFTER INSERT ON evidence
    WHEN NEW.original <> CAST(
        NEW.title || char(10) || NEW.finding || char(10) || NEW.url || char(10) AS BLOB)
    BEGIN INSERT INTO uploads (evidence_id, officer_id, day, bytes)
        VALUES (NEW.id, NEW.added_by, date(NEW.added_at, '+8 hours'), length(NEW.original)); END;
CREATE TRIGGER uploads_have_a_limit BEFORE INSERT ON uploads
    WHEN (SELECT count(u.id) + 1 > l.files OR coalesce(sum(u.bytes), 0) + NEW.bytes > l.bytes
        FROM upload_limits l LEFT JOIN uploads u
            ON u.officer_id = NEW.officer_id AND u.day = NEW.day)
    BEGIN SELECT RAISE(ABORT, 'rule:upload-quota'); END;
CREATE TRIGGER uploads_never_change BEFORE UPDATE ON uploads
    BEGIN SELECT RAISE(ABORT, 'rule:upload-quota'); END;
CREATE TRIGGER uploads_are_kept BEFORE DELETE ON uploads
    BEGIN SELECT RAISE(ABORT, 'rule:upload-quota'); END;
"""
