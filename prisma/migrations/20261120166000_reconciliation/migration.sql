-- What was taken is compared with the ledger however long the list of payments is.
CREATE INDEX payments_captured_index ON payments (property_id, created_at) WHERE stage IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED');
