-- What was taken is found by its day, and what did not agree by itself, however long both lists are.
CREATE INDEX payments_captured_index ON payments (property_id, created_at) WHERE stage IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED');
CREATE INDEX reconciliations_differ_index ON reconciliations (property_id, on_date) WHERE NOT is_balanced;
