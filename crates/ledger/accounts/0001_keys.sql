-- What lets somebody in. Of secrets there are hashes alone; rows that are over are deleted.
CREATE TABLE key (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    person TEXT NOT NULL,
    proof TEXT NOT NULL,
    scope TEXT NOT NULL,
    label TEXT NOT NULL,
    -- Milliseconds of Unix time.
    made_at INTEGER NOT NULL,
    expires_at INTEGER,
    seen_at INTEGER
) STRICT;

CREATE INDEX key_by_person ON key (person, made_at);

-- One row, once somebody was let in: that a first start is not the first any more.
CREATE TABLE opened (
    one INTEGER PRIMARY KEY CHECK (one = 1)
) STRICT;

PRAGMA user_version = 1;
