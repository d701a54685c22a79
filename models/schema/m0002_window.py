"""Wordings filed in a sliding window."""

SQL = """
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
