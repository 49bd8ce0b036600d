-- The hash of a request is kept encrypted: from a plain hash, a telephone number in the request was found in seconds.
-- Rows of the release before keep theirs until the cleaning job deletes them within a day.
ALTER TABLE idempotency_keys ADD COLUMN request_sealed text;
ALTER TABLE idempotency_keys ALTER COLUMN request_hash DROP NOT NULL;
