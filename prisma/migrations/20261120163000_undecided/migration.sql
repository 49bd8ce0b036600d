-- Nobody waits for an answer in vain: what was not decided on before it begins is found without reading all bookings.
CREATE INDEX bookings_undecided_index ON bookings (starts_at) WHERE status = 'PENDING_APPROVAL';
