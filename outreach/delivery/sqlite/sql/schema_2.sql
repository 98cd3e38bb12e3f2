-- What a person said became of somebody of whom no vendor could tell. Only ever added to.
CREATE TABLE mark (
    id       INTEGER PRIMARY KEY,
    campaign INTEGER NOT NULL REFERENCES campaign (id),
    provider TEXT    NOT NULL,
    channels TEXT    NOT NULL,  -- with commas between
    phone    TEXT    NOT NULL,
    sent     INTEGER NOT NULL,
    said_by  TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    said_at  INTEGER NOT NULL
);
