"""Fair turns for what waits, posts that could not be judged, and a clock that is not believed."""

SQL = """
-- When posts with new words may be scored again; NULL: a new post. What is changed again and again
-- rests, the longer the more often it was scored anew (``models.intake.waiting``).
ALTER TABLE posts ADD COLUMN due_at TEXT;
ALTER TABLE posts ADD COLUMN rescored INTEGER NOT NULL DEFAULT 0;  -- how often, of late
ALTER TABLE posts ADD COLUMN page TEXT NOT NULL DEFAULT '';  -- where its link leads
ALTER TABLE posts ADD COLUMN said TEXT NOT NULL DEFAULT '';  -- of its words; both tell it again
CREATE INDEX posts_by_page ON posts(source, page, said) WHERE page <> '';
UPDATE posts SET due_at = changed_at WHERE scored_at IS NULL AND cluster_id IS NOT NULL;
DROP INDEX posts_unscored;
CREATE INDEX posts_waiting ON posts(source, due_at) WHERE scored_at IS NULL;
ALTER TABLE sources ADD COLUMN host TEXT NOT NULL DEFAULT '';  -- of its address
CREATE TABLE source_turns (  -- with many sources waiting, who was served last waits longest
    source TEXT PRIMARY KEY, served INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The same for clusters whose case has not seen the newest scores. due_at NULL: none has ever.
ALTER TABLE clusters ADD COLUMN bringer TEXT NOT NULL DEFAULT '';  -- the source that made it so
ALTER TABLE clusters ADD COLUMN due_at TEXT;
UPDATE clusters SET due_at = last_at
    WHERE stale = 0 OR EXISTS (SELECT 1 FROM cases WHERE cluster_id = clusters.id);
DROP INDEX clusters_stale;
CREATE INDEX clusters_waiting ON clusters(bringer, due_at) WHERE stale = 1;

CREATE TABLE set_aside (  -- posts that this judge could not judge; another one tries again
    post_id INTEGER PRIMARY KEY REFERENCES posts(id) ON DELETE CASCADE,
    judge TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX set_aside_by_judge ON set_aside(judge);

CREATE TABLE wall_clock (  -- one row: what the clock last said and was believed, and how to go on
    id INTEGER PRIMARY KEY CHECK (id = 1), at TEXT NOT NULL,
    boot REAL NOT NULL, boot_id TEXT NOT NULL,  -- the same moment in seconds since this machine began
    doubt TEXT NOT NULL DEFAULT '' CHECK (doubt IN ('', 'ahead', 'back', 'behind', 'gap')),
    said TEXT NOT NULL DEFAULT ''  -- by the clock, when the doubt began
) STRICT;
CREATE TRIGGER nothing_is_forgotten_by_a_doubtful_clock BEFORE DELETE ON posts
    WHEN EXISTS (SELECT 1 FROM wall_clock WHERE doubt <> '')
    BEGIN SELECT RAISE(ABORT, 'rule:clock-in-doubt'); END;

ALTER TABLE jobs ADD COLUMN every REAL NOT NULL DEFAULT 0;  -- seconds from run to run; 0: unknown
"""
