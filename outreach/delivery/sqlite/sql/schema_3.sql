-- Single requests of "outreach api" that reach people or spend. What they said is not kept.
CREATE TABLE call (
    id          INTEGER PRIMARY KEY,
    provider    TEXT    NOT NULL,
    endpoint    TEXT    NOT NULL,
    digest      TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    intended_at INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
);
