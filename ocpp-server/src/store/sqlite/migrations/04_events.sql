-- The outbox, the events of one transaction in one row. Those in the table `outbox` come before all of these.

CREATE TABLE events (
    last    INTEGER NOT NULL PRIMARY KEY, -- the id of its last event; the others have those before
    content TEXT    NOT NULL              -- JSON: [[microseconds, station, what happened], ...]
) STRICT;

-- What is personal of an event, and is not in `events`: a refused token, or the payload of a noted message.
CREATE TABLE personal (
    event   INTEGER NOT NULL PRIMARY KEY,
    content TEXT    NOT NULL
) STRICT;
