"""A number is never given twice: numbers only grow, also past those that only a channel knows."""

SQL = """
-- notices that a channel holds and this store does not: sent before the store was set back, or by
-- another desk. Their numbers are used up.
CREATE TABLE numbers_elsewhere (
    channel TEXT NOT NULL, year INTEGER NOT NULL, serial INTEGER NOT NULL,
    identity TEXT NOT NULL, hash TEXT NOT NULL, title TEXT NOT NULL, seen_at TEXT NOT NULL,
    PRIMARY KEY (channel, year, serial),
    CHECK (year BETWEEN 1000 AND 9999 AND serial BETWEEN 1 AND 999999)
) STRICT, WITHOUT ROWID;
CREATE INDEX numbers_elsewhere_by_number ON numbers_elsewhere(year, serial);
CREATE TRIGGER numbers_elsewhere_never_change BEFORE UPDATE ON numbers_elsewhere
    BEGIN SELECT RAISE(ABORT, 'rule:number-given'); END;
CREATE TRIGGER numbers_elsewhere_are_kept BEFORE DELETE ON numbers_elsewhere
    BEGIN SELECT RAISE(ABORT, 'rule:number-given'); END;

CREATE VIEW numbers_given AS
    SELECT year, serial FROM notices WHERE serial IS NOT NULL
    UNION ALL SELECT year, serial FROM numbers_elsewhere;
CREATE TRIGGER numbers_are_given_at_approval BEFORE INSERT ON notices
    WHEN NEW.year IS NOT NULL OR NEW.serial IS NOT NULL OR NEW.number <> ''
    BEGIN SELECT RAISE(ABORT, 'rule:number-given'); END;
CREATE TRIGGER numbers_only_grow BEFORE UPDATE OF year, serial, number ON notices
    WHEN OLD.number = '' AND NEW.number <> '' AND (
        NEW.year IS NULL OR NEW.serial IS NULL OR NEW.issued_at IS NULL
        OR NEW.number <> '〔' || NEW.year || '〕' || NEW.serial || ' 号'
        OR NEW.serial NOT BETWEEN 1 AND 999999
        OR NEW.serial <= (SELECT coalesce(max(serial), 0) FROM numbers_given WHERE year = NEW.year)
        OR EXISTS (SELECT 1 FROM numbers_elsewhere
            WHERE hash = NEW.approved_hash AND hash <> ''))
    BEGIN SELECT RAISE(ABORT, 'rule:number-given'); END;
CREATE TRIGGER numbers_are_kept BEFORE UPDATE OF year, serial, number, issued_at ON notices
    WHEN (OLD.number <> '' AND (NEW.year IS NOT OLD.year OR NEW.serial IS NOT OLD.serial
        OR NEW.number <> OLD.number OR NEW.issued_at IS NOT OLD.issued_at))
    OR (NEW.number = '' AND (NEW.year IS NOT NULL OR NEW.serial IS NOT NULL))
    BEGIN SELECT RAISE(ABORT, 'rule:number-given'); END;

-- where the claim was set when the row was queued: the case moves on, the page that went out does not.
-- NULL: queued before this column
ALTER TABLE outbox ADD COLUMN place TEXT;
CREATE TRIGGER outbox_keeps_its_place BEFORE UPDATE OF place ON outbox
    BEGIN SELECT RAISE(ABORT, 'rule:four-eyes'); END;
"""
