-- The ledger's name, given once.
CREATE TABLE ledger (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    id        TEXT    NOT NULL CHECK (length(id) = 32),
    rehearsal INTEGER NOT NULL CHECK (rehearsal IN (0, 1))
) STRICT;

-- The chain. Every column but seq goes into the hash as the text it is; see docs/src/ledger.md.
CREATE TABLE entry (
    seq          INTEGER PRIMARY KEY CHECK (seq > 0),
    at           TEXT NOT NULL,
    stream       TEXT NOT NULL,
    kind         TEXT NOT NULL,
    payload_hash TEXT NOT NULL CHECK (length(payload_hash) = 64),
    hash         TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
CREATE INDEX entry_by_stream ON entry (stream, seq);

-- Who and what, in a row of its own that can be erased: the entry keeps its digest.
CREATE TABLE payload (
    seq  INTEGER PRIMARY KEY REFERENCES entry (seq),
    salt TEXT NOT NULL CHECK (length(salt) = 64),
    body TEXT NOT NULL
) STRICT;

-- Entries whose payload was withheld on purpose; a payload missing without one is damage.
CREATE TABLE erased (
    seq INTEGER PRIMARY KEY REFERENCES entry (seq)
) STRICT;

-- Views of the chain, droppable and rebuilt.
CREATE TABLE projection (
    name TEXT    PRIMARY KEY,
    seq  INTEGER NOT NULL CHECK (seq >= 0),
    body TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- What was seen last of each thing outside.
CREATE TABLE observation (
    name        TEXT PRIMARY KEY,
    observed_at TEXT NOT NULL,
    body        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
