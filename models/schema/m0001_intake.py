"""Posts, their replies, their sources, the visits to them, and their scores."""

SQL = """
CREATE TABLE sources (
    name TEXT PRIMARY KEY, kind TEXT NOT NULL, url TEXT NOT NULL, every REAL NOT NULL,
    allow_private INTEGER NOT NULL, enabled INTEGER NOT NULL, label TEXT NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    etag TEXT NOT NULL DEFAULT '', last_modified TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE crawl_runs (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL REFERENCES sources(name),
    started_at TEXT NOT NULL, finished_at TEXT, outcome TEXT NOT NULL,
    fetched INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0, broken INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX crawl_runs_by_source ON crawl_runs(source, id);

CREATE TABLE faults (
    id INTEGER PRIMARY KEY, run_id INTEGER REFERENCES crawl_runs(id), source TEXT NOT NULL,
    at TEXT NOT NULL, what TEXT NOT NULL, place TEXT NOT NULL, mend TEXT NOT NULL,
    raw BLOB NOT NULL, digest TEXT NOT NULL, UNIQUE (source, what, digest)
) STRICT;

CREATE TABLE clusters (
    id INTEGER PRIMARY KEY, first_at TEXT NOT NULL, last_at TEXT NOT NULL,
    stale INTEGER NOT NULL DEFAULT 1  -- its case has not seen the newest scores
) STRICT;
CREATE INDEX clusters_stale ON clusters(id) WHERE stale = 1;

CREATE TABLE posts (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, native_id TEXT NOT NULL,
    url TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    verbatim BLOB,  -- as it came, phones masked; only where cleaning changed it
    published_at TEXT NOT NULL, collected_at TEXT NOT NULL, changed_at TEXT NOT NULL,
    author_key TEXT NOT NULL, likes INTEGER NOT NULL, reposts INTEGER NOT NULL,
    cluster_id INTEGER REFERENCES clusters(id), scored_at TEXT,
    UNIQUE (source, native_id)
) STRICT;
CREATE INDEX posts_by_cluster ON posts(cluster_id) WHERE cluster_id IS NOT NULL;
CREATE INDEX posts_unscored ON posts(id) WHERE scored_at IS NULL;
CREATE INDEX posts_by_age ON posts(collected_at);

CREATE TABLE replies (
    post_id INTEGER NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
    native_id TEXT NOT NULL, text TEXT NOT NULL, at TEXT,
    PRIMARY KEY (post_id, native_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE scores (
    post_id INTEGER PRIMARY KEY REFERENCES posts(id) ON DELETE CASCADE,
    risk REAL NOT NULL CHECK (risk BETWEEN 0 AND 1), reasons TEXT NOT NULL, topic TEXT NOT NULL,
    entities TEXT NOT NULL, doubts INTEGER NOT NULL, model TEXT NOT NULL, at TEXT NOT NULL,
    sampled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE fingerprints (
    post_id INTEGER PRIMARY KEY REFERENCES posts(id) ON DELETE CASCADE, signature BLOB NOT NULL
) STRICT;
CREATE TABLE bands (
    key INTEGER NOT NULL,
    post_id INTEGER NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
    PRIMARY KEY (key, post_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bands_by_post ON bands(post_id);
"""
