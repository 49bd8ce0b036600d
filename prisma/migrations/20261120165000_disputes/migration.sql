-- What a bank has decided stays decided, and what is still disputed is found without reading what is not.

-- CreateIndex
CREATE INDEX "disputes_property_index" ON "disputes"("property_id", "opened_at", "id");

CREATE INDEX disputes_open_index ON disputes (opened_at) WHERE status = 'OPEN';
ALTER TABLE disputes ADD CONSTRAINT disputes_closed_when_decided CHECK ((status = 'OPEN') = (closed_at IS NULL));

-- News comes late and out of order; an old one must not open again what is closed.
CREATE FUNCTION disputes_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'OPEN' AND (NEW.payment_id, NEW.gateway_dispute_id, NEW.amount, NEW.currency)
    = (OLD.payment_id, OLD.gateway_dispute_id, OLD.amount, OLD.currency) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a dispute is decided once, and keeps its amount (trigger "disputes_stay_decided")'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'disputes_stay_decided';
END $$;
CREATE TRIGGER disputes_stay_decided BEFORE UPDATE ON disputes FOR EACH ROW EXECUTE FUNCTION disputes_guard();
CREATE TRIGGER disputes_kept BEFORE DELETE OR TRUNCATE ON disputes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
