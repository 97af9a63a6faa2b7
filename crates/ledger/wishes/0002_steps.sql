-- Steps that carry wishes out: each before it begins, and again with what it said and what came of it. The oldest go.
CREATE TABLE step (
    id TEXT NOT NULL PRIMARY KEY,
    train TEXT NOT NULL,
    person TEXT NOT NULL,
    -- Milliseconds of Unix time.
    at INTEGER NOT NULL,
    -- Whether what it says is for those who are told of what is embargoed, and whether that it is there is.
    hears INTEGER NOT NULL,
    secret INTEGER NOT NULL,
    -- How large the two documents are.
    bytes INTEGER NOT NULL,
    wish TEXT NOT NULL,
    -- What it said and what was answered; none until it is over.
    ended TEXT
) STRICT;

CREATE INDEX step_by_time ON step (at, bytes);

PRAGMA user_version = 2;
