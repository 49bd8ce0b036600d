-- A payment recorded by hand is taken back once.
CREATE UNIQUE INDEX ledger_transfers_void_once ON ledger_transfers (payment_id) WHERE kind = 'PAYMENT_VOIDED';
