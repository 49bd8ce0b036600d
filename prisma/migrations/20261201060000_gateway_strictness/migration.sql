-- A checkout session needs one request to expire. Of several open ones the oldest stays.
UPDATE gateway_operations o SET state = 'REFUSED', outcome = 'superseded', settled_at = app_now(), leased_until = NULL
WHERE o.kind = 'EXPIRE_SESSION' AND o.state IN ('PENDING', 'UNKNOWN') AND EXISTS (
  SELECT FROM gateway_operations e WHERE e.payment_id = o.payment_id AND e.kind = 'EXPIRE_SESSION'
    AND e.state IN ('PENDING', 'UNKNOWN') AND e.id < o.id);

CREATE UNIQUE INDEX gateway_operations_one_expiry ON gateway_operations (payment_id)
  WHERE kind = 'EXPIRE_SESSION' AND state IN ('PENDING', 'UNKNOWN');

-- Inquiries: a bank asks, no money has moved.
ALTER TYPE dispute_status ADD VALUE IF NOT EXISTS 'INQUIRY';
ALTER TYPE dispute_status ADD VALUE IF NOT EXISTS 'INQUIRY_CLOSED';

-- The new values can't be used before this migration's commit, so the text is compared.
ALTER TABLE disputes DROP CONSTRAINT disputes_closed_when_decided;
ALTER TABLE disputes ADD CONSTRAINT disputes_closed_when_decided
  CHECK ((status::text IN ('OPEN', 'INQUIRY')) = (closed_at IS NULL));

-- An inquiry may become a dispute, and a dispute is decided once.
CREATE OR REPLACE FUNCTION disputes_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.status::text = 'INQUIRY' OR OLD.status = 'OPEN' AND NEW.status::text <> 'INQUIRY')
    AND (NEW.payment_id, NEW.gateway_dispute_id, NEW.amount, NEW.currency)
    = (OLD.payment_id, OLD.gateway_dispute_id, OLD.amount, OLD.currency) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a dispute is decided once, and keeps its amount (trigger "disputes_stay_decided")'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'disputes_stay_decided';
END $$;
