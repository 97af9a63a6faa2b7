-- What people typed in a page and what is not recorded yet, in its order.
CREATE TABLE typed (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    push     TEXT NOT NULL,
    page     TEXT NOT NULL,
    actor    TEXT NOT NULL,
    contents BLOB NOT NULL
) STRICT;
CREATE INDEX typed_of_page ON typed (page, id);
