-- A station whose manager was not there is neither online nor offline.

ALTER TABLE stations ADD COLUMN is_unknown INTEGER NOT NULL DEFAULT 0 CHECK (is_unknown IN (0, 1));
