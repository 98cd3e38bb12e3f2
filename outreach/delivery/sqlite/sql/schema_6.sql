-- What a vendor told about people after it took them, beside the status: JSON {index: {credits, duration, …}}; the
-- index -1 is everybody who has no receipt of their own.
ALTER TABLE people ADD COLUMN told BLOB;
