-- What staff look for is found without reading every booking there ever was, however long the history, in any collation.

-- A day's bookings began at most so long before it, so a calendar need not look at all that ever began.
ALTER TABLE bookings DROP CONSTRAINT bookings_dates_valid,
  ADD CONSTRAINT bookings_dates_valid CHECK (starts_at < ends_at AND ends_at - starts_at <= interval '120 days');

-- Beginnings of texts, of whoever in the party. These operator classes know equality as well.
DROP INDEX bookings_code_unique;
CREATE UNIQUE INDEX bookings_code_unique ON bookings (code text_pattern_ops);
DROP INDEX party_members_primary_email_index;
DROP INDEX party_members_primary_name_index;
CREATE INDEX party_members_email_index ON party_members (lower(email) text_pattern_ops);
CREATE INDEX party_members_first_name_index ON party_members (lower(first_name) text_pattern_ops);
CREATE INDEX party_members_last_name_index ON party_members (lower(last_name) text_pattern_ops);
DROP INDEX customers_email_unique;
CREATE UNIQUE INDEX customers_email_unique ON customers (property_id, email_normalized text_pattern_ops);
CREATE INDEX customers_first_name_index ON customers (property_id, lower(first_name) text_pattern_ops);
CREATE INDEX customers_last_name_index ON customers (property_id, lower(last_name) text_pattern_ops);
