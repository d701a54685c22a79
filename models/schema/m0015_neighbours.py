"""Cases that tell the same story in other words, named beside one another for an officer to look at."""

SQL = """
CREATE TABLE word_changes (last INTEGER NOT NULL) STRICT;  -- one row
INSERT INTO word_changes SELECT coalesce(max(id), 0) FROM cases;
CREATE TABLE case_words (  -- when a case last said another thing, and of when it was compared
    case_id INTEGER PRIMARY KEY REFERENCES cases(id),
    changed INTEGER NOT NULL,  -- counted over all cases
    compared INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX case_words_by_change ON case_words(changed);
CREATE INDEX case_words_waiting ON case_words(case_id) WHERE compared < changed;
INSERT INTO case_words SELECT id, id, iif(closed_at IS NULL, 0, id) FROM cases;
CREATE TRIGGER words_of_cases_are_counted AFTER INSERT ON cases BEGIN
    UPDATE word_changes SET last = last + 1;
    INSERT INTO case_words (case_id, changed) SELECT NEW.id, last FROM word_changes; END;
-- what was dismissed is no story of today; when it comes back it is compared anew
CREATE TRIGGER changed_words_are_counted AFTER UPDATE OF claim, state ON cases
    WHEN NEW.claim <> OLD.claim OR (NEW.state = 'dismissed') <> (OLD.state = 'dismissed') BEGIN
    UPDATE word_changes SET last = last + 1;
    UPDATE case_words SET changed = last,
        compared = iif(NEW.state = 'dismissed', last, compared)
        FROM word_changes WHERE case_id = NEW.id; END;

CREATE TABLE neighbours (  -- found by the machine; no evidence, and nothing follows from it
    case_id INTEGER NOT NULL REFERENCES cases(id), other_id INTEGER NOT NULL REFERENCES cases(id),
    relation TEXT NOT NULL
        CHECK (relation IN ('same', 'opposite', 'elsewhere', 'changed', 'related')),
    near REAL NOT NULL CHECK (near BETWEEN 0 AND 1),
    words INTEGER NOT NULL, other_words INTEGER NOT NULL,  -- case_words.changed of either, then
    PRIMARY KEY (case_id, other_id), CHECK (case_id <> other_id)
) STRICT, WITHOUT ROWID;
-- those that still hold: neither says another thing by now, and the other was not dismissed
CREATE VIEW sound_neighbours AS SELECT n.* FROM neighbours n
    JOIN case_words a ON a.case_id = n.case_id AND a.changed = n.words
    JOIN case_words b ON b.case_id = n.other_id AND b.changed = n.other_words
    JOIN cases c ON c.id = n.other_id AND c.state <> 'dismissed';
"""
