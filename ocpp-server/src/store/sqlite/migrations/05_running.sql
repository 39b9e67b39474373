-- Reports of running sessions, written so that those of many sessions change few pages of the file.

-- What each report of a running session changes; `sessions` has all else of it, and these columns as they were when
-- any of the rest was written last. A session without a row here stands in `sessions` as it is.
CREATE TABLE running (
    number          INTEGER NOT NULL PRIMARY KEY, -- sessions.number
    revision        INTEGER NOT NULL,
    meter_last_at   INTEGER,
    meter_last_wh   INTEGER,
    power_w         INTEGER,
    state_of_charge INTEGER,
    charging        TEXT,
    last_report_at  INTEGER NOT NULL,
    seen            TEXT    NOT NULL,
    updated_at      INTEGER NOT NULL,
    cost            TEXT
) STRICT;

CREATE VIEW sessions_now AS
SELECT s.number, s.key, s.station, s.start_key, s.place, s.status, s.id_token, s.id_token_kind, s.started_at,
    s.ended_at, s.meter_start_wh, s.stop_reason, s.doubts, s.tariff, s.payer,
    iif(r.number IS NULL, s.revision, r.revision) AS revision,
    iif(r.number IS NULL, s.meter_last_at, r.meter_last_at) AS meter_last_at,
    iif(r.number IS NULL, s.meter_last_wh, r.meter_last_wh) AS meter_last_wh,
    iif(r.number IS NULL, s.power_w, r.power_w) AS power_w,
    iif(r.number IS NULL, s.state_of_charge, r.state_of_charge) AS state_of_charge,
    iif(r.number IS NULL, s.charging, r.charging) AS charging,
    iif(r.number IS NULL, s.last_report_at, r.last_report_at) AS last_report_at,
    iif(r.number IS NULL, s.seen, r.seen) AS seen,
    iif(r.number IS NULL, s.updated_at, r.updated_at) AS updated_at,
    iif(r.number IS NULL, s.cost, r.cost) AS cost
FROM sessions AS s LEFT JOIN running AS r ON r.number = s.number;

-- Meter values and states, those of one report in one row, in the order of their arrival. Those in the table `readings`
-- are of an earlier form and came before all of these.
CREATE TABLE reports (
    id      INTEGER NOT NULL PRIMARY KEY,
    session TEXT    NOT NULL, -- sessions.key
    at      INTEGER NOT NULL, -- the time of the first
    content TEXT    NOT NULL  -- JSON: [[count of the report, state, reading], ...]
) STRICT;

CREATE INDEX reports_of_session ON reports (session, at);
