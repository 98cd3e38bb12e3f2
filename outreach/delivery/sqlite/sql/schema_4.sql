-- How often the journal was opened: an older copy in its place is noticed by the file beside it that counts along.
ALTER TABLE home ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
