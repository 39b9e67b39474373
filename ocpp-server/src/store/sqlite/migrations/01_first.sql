-- What the manager knows.
--
-- Moments are microseconds since 1970-01-01 00:00 UTC. Energy is in Wh, power in W. Columns that are never
-- searched hold JSON, or the plain word of an enumeration. Personal data is in these columns only:
-- sessions.id_token, sessions.start_key, refusals.token, outbox.personal.
--
-- No table requires a row of another: what a station reports is kept even when the station or session it
-- belongs to is not known.

PRAGMA application_id = 0x4F435050; -- "OCPP"

CREATE TABLE stations (
    id               TEXT    NOT NULL PRIMARY KEY,
    revision         INTEGER NOT NULL,
    epoch            INTEGER NOT NULL,
    version          TEXT    NOT NULL,
    is_online        INTEGER NOT NULL CHECK (is_online IN (0, 1)),
    connection_since INTEGER NOT NULL,
    address          TEXT,             -- while online
    first_seen       INTEGER NOT NULL,
    last_seen        INTEGER NOT NULL,
    boot             TEXT,             -- JSON
    booted_at        INTEGER,
    registration     TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE ports (
    station     TEXT    NOT NULL,
    level       INTEGER NOT NULL,      -- 0 the station, 1 an EVSE, 2 a connector
    evse        INTEGER NOT NULL,      -- 0 at level 0
    connector   INTEGER NOT NULL,      -- 0 below level 2
    status      TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    reported_at INTEGER NOT NULL,
    fault       TEXT,                  -- JSON
    PRIMARY KEY (station, level, evse, connector)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    number          INTEGER NOT NULL PRIMARY KEY,
    key             TEXT    NOT NULL UNIQUE,
    revision        INTEGER NOT NULL,
    station         TEXT    NOT NULL,
    start_key       TEXT    NOT NULL,
    place           TEXT,              -- JSON
    status          TEXT    NOT NULL CHECK (status IN ('active', 'completed')),
    id_token        TEXT,
    id_token_kind   TEXT,
    started_at      INTEGER NOT NULL,
    ended_at        INTEGER,
    meter_start_wh  INTEGER,
    meter_last_at   INTEGER,
    meter_last_wh   INTEGER,
    power_w         INTEGER,
    state_of_charge INTEGER,           -- percent
    charging        TEXT,
    stop_reason     TEXT,
    last_report_at  INTEGER NOT NULL,
    seen            TEXT    NOT NULL,  -- JSON
    doubts          TEXT    NOT NULL,  -- JSON
    updated_at      INTEGER NOT NULL,
    UNIQUE (station, start_key)
) STRICT;

-- Lists go down the number, which every index carries as its last column.
CREATE INDEX sessions_of_station ON sessions (station);
CREATE INDEX sessions_active ON sessions (status) WHERE status = 'active';
CREATE INDEX sessions_active_of_station ON sessions (station) WHERE status = 'active';

CREATE TABLE readings (
    session  TEXT    NOT NULL,         -- sessions.key
    at       INTEGER NOT NULL,
    seq      INTEGER NOT NULL,         -- -1 where the station does not count its reports
    position INTEGER NOT NULL,         -- among those of the same time in the same report, from 0
    reading  TEXT    NOT NULL,         -- JSON
    PRIMARY KEY (session, at, seq, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE refusals (
    id      INTEGER NOT NULL PRIMARY KEY,
    kind    TEXT    NOT NULL CHECK (kind IN ('station', 'token')),
    station TEXT    NOT NULL,
    token   TEXT    NOT NULL,          -- empty for a station
    reason  TEXT    NOT NULL,
    address TEXT    NOT NULL,
    count   INTEGER NOT NULL,
    first   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    UNIQUE (kind, station, token, reason)
) STRICT;

CREATE INDEX refusals_by_last ON refusals (last);

CREATE TABLE outbox (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    station  TEXT,
    kind     TEXT    NOT NULL,         -- JSON without what is in `personal`
    personal TEXT                      -- a refused token, or the payload of a noted message
) STRICT;

-- Idempotency keys of units that were kept; the oldest has the lowest id.
CREATE TABLE applied_keys (
    id  INTEGER NOT NULL PRIMARY KEY,
    key TEXT    NOT NULL UNIQUE
) STRICT;
