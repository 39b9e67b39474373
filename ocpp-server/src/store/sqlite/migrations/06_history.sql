-- What every port did, and when that was learnt.

-- What was observed of places on stations; only ever added. A row is small: a busy port has some fifty of them a day.
CREATE TABLE observations (
    station   TEXT    NOT NULL,
    at        INTEGER NOT NULL, -- from when on it holds, microseconds
    late      INTEGER NOT NULL, -- how many microseconds later it was heard
    nth       INTEGER NOT NULL, -- among those of the same station, moment and lateness
    level     INTEGER NOT NULL, -- 0 the station, 1 an EVSE, 2 a connector
    evse      INTEGER NOT NULL, -- 0 at level 0
    connector INTEGER NOT NULL, -- 0 below level 2
    what      INTEGER NOT NULL, -- its code in domain/history.rs
    PRIMARY KEY (station, at, late, nth)
) STRICT, WITHOUT ROWID;

-- Parts of courses of ports, worked out of observations.
CREATE TABLE courses (
    id      INTEGER NOT NULL PRIMARY KEY,
    station TEXT    NOT NULL,
    evse    INTEGER NOT NULL,
    since   INTEGER NOT NULL, -- microseconds
    until   INTEGER NOT NULL,
    packed  BLOB    NOT NULL,
    known   TEXT    NOT NULL, -- JSON: what is known of the port at its end
    UNIQUE (station, evse, since)
) STRICT;

CREATE INDEX courses_by_end ON courses (station, until);
