-- Wishes that came with a key of their sender's: what each was, and what was answered. Rows that are over are deleted.
CREATE TABLE wish (
    person TEXT NOT NULL,
    key TEXT NOT NULL,
    -- What stands for the train and the body.
    digest TEXT NOT NULL,
    step TEXT NOT NULL,
    -- Milliseconds of Unix time.
    at INTEGER NOT NULL,
    -- What was answered; none until it is over.
    answer TEXT,
    PRIMARY KEY (person, key)
) STRICT;

CREATE INDEX wish_by_time ON wish (at);

PRAGMA user_version = 1;
