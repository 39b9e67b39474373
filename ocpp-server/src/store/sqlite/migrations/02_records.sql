-- Records: sites, what operators say of stations, tokens, tariffs, payments, receipts, users and so on.
-- Their bodies are JSON; those of tokens, users, payments and receipts are personal data, and so are the keys
-- of tokens and the owners of payments.

CREATE TABLE records (
    kind     TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    owner    TEXT,
    revision INTEGER NOT NULL,
    body     TEXT    NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX records_of_owner ON records (kind, owner, key) WHERE owner IS NOT NULL;

ALTER TABLE sessions ADD COLUMN tariff TEXT;
ALTER TABLE sessions ADD COLUMN cost TEXT;                                -- JSON
ALTER TABLE sessions ADD COLUMN payer TEXT NOT NULL DEFAULT '"account"'; -- JSON

CREATE INDEX sessions_active_of_token ON sessions (upper(id_token)) WHERE status = 'active';

-- What the energy does from this moment on, where the report said so.
ALTER TABLE readings ADD COLUMN state TEXT;
