-- Times are microseconds since 1970 in UTC. Codes of stages: packing.py.
--
-- A batch's id is its place: (slice << 32) + seq. So the primary key alone answers "the batches of this slice, in
-- order", new ones are always appended behind their slice, and there is no second index to keep.

-- One row: where this file is at home. A copy somewhere else would not know whom the original has reached since.
CREATE TABLE home (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    path     TEXT NOT NULL,
    device   TEXT NOT NULL,
    inode    TEXT NOT NULL
);

CREATE TABLE campaign (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    round      INTEGER NOT NULL,
    digest     TEXT    NOT NULL,
    row_counts BLOB    NOT NULL,  -- JSON
    planned_at INTEGER NOT NULL,
    UNIQUE (name, round)
);

CREATE TABLE slice (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign    INTEGER NOT NULL REFERENCES campaign (id),
    provider    TEXT    NOT NULL,
    channels    TEXT    NOT NULL,  -- with commas between
    zone        TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    marker      TEXT    NOT NULL,
    closed      INTEGER NOT NULL DEFAULT 0,
    refs        BLOB    NOT NULL DEFAULT '{}',  -- JSON
    start       INTEGER,
    reason      TEXT    NOT NULL DEFAULT '',
    next_seq    INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX slice_of_campaign ON slice (campaign);

CREATE TABLE step (
    slice       INTEGER NOT NULL REFERENCES slice (id),
    step        TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    digest      TEXT    NOT NULL,
    reaches     INTEGER NOT NULL,
    intended_at INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    PRIMARY KEY (slice, step, position)
) WITHOUT ROWID;

-- What changes of a batch, kept narrow: a page holds dozens, so that a group of verbs writes few pages and counting
-- ten million people reads little.
CREATE TABLE batch (
    id          INTEGER PRIMARY KEY,
    size        INTEGER NOT NULL,            -- people
    stage       INTEGER NOT NULL,            -- of everybody without an exception
    tally       TEXT,                        -- status of everybody; '' where they differ, NULL where nobody has one
    attempts    INTEGER NOT NULL DEFAULT 0,
    intended_at INTEGER,
    updated_at  INTEGER NOT NULL,
    channels    INTEGER,                     -- bit i: channel i of the slice; NULL: all of them
    launched    INTEGER NOT NULL DEFAULT 0,  -- in flight or unknown with the launch, not by a request of its own
    reason      TEXT    NOT NULL DEFAULT '',
    vendor_id   TEXT,                        -- these three: of everybody without a receipt of their own;
    status      TEXT,                        -- NULL before an answer
    word        TEXT,
    digest      TEXT,
    exceptions  BLOB                         -- JSON [[index, stage, reason], …]
);

-- The batches whose request is on its way: found at once on opening.
CREATE INDEX batch_on_its_way ON batch (id) WHERE stage IN (1, 4);

-- Who is in a batch; hardly ever changed.
CREATE TABLE people (
    batch       INTEGER PRIMARY KEY REFERENCES batch (id) ON DELETE CASCADE,
    phones      BLOB NOT NULL,  -- the digits as 8-byte little-endian integers; JSON text where one is no E.164 number
    ids         BLOB,           -- JSON; NULL when all are empty
    row_numbers,                -- NULL: unknown; an integer: the first of consecutive ones; else packed as phones are
    earlier     BLOB,           -- JSON [[index, attempts], …]
    receipts    BLOB            -- JSON [[index, …], [vendor_id, …], [status, …], [word, …]]
);

-- People left out, in chunks of one channel (NULL: a row that is no delivery), provider and reason.
-- The id is (campaign << 32) + position.
CREATE TABLE skipped (
    id          INTEGER PRIMARY KEY,
    size        INTEGER NOT NULL,
    channel     TEXT,
    provider    TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    updated_at  INTEGER NOT NULL,
    phones      BLOB    NOT NULL,
    ids         BLOB,
    row_numbers
);
