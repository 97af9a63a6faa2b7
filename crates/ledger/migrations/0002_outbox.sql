-- How far announcements were made of the chain; no row before channels were first set up.
CREATE TABLE outbox (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    reached INTEGER NOT NULL CHECK (reached >= 0)
) STRICT;

-- An announcement on its way to a channel: once for each name, for ever. What is over says so, and has no texts any more.
CREATE TABLE delivery (
    place   INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL,
    channel TEXT    NOT NULL,
    over    INTEGER NOT NULL CHECK (over IN (0, 1)),
    body    TEXT    NOT NULL,
    UNIQUE (id, channel)
) STRICT;
CREATE INDEX delivery_on_its_way ON delivery (place) WHERE over = 0;

PRAGMA user_version = 2;
