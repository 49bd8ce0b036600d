-- Every change of a booking's amounts is in its history, and a booking loses a promo whose minimum it no longer meets.

ALTER TYPE "ledger_transfer_kind" ADD VALUE 'PAYMENT_VOIDED';

-- The minimum as it was at the sale: staff who raise it later take no promo from a booking.
ALTER TABLE "promo_uses" ADD COLUMN     "min_amount" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "dropped_at" TIMESTAMPTZ(3);
UPDATE promo_uses u SET min_amount = p.min_amount FROM promos p WHERE p.id = u.promo_id;
-- A dropped promo is free for others, and never comes back to the booking.
ALTER TABLE promo_uses ADD CONSTRAINT promo_uses_dropped_is_freed CHECK (dropped_at IS NULL OR freed_at IS NOT NULL);

CREATE OR REPLACE FUNCTION promo_uses_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.promo_id, NEW.booking_id, NEW.customer_id, NEW.type, NEW.value, NEW.min_amount)
      IS DISTINCT FROM (OLD.promo_id, OLD.booking_id, OLD.customer_id, OLD.type, OLD.value, OLD.min_amount)
      OR (OLD.dropped_at IS NOT NULL AND NEW.dropped_at IS NULL) THEN
      RAISE EXCEPTION 'a use belongs to its booking (trigger "promo_uses_counted")'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'promo_uses_counted';
    END IF;
    UPDATE promos SET uses = uses - (OLD.freed_at IS NULL)::int + (NEW.freed_at IS NULL)::int WHERE id = NEW.promo_id;
  ELSE
    UPDATE promos SET uses = uses + (NEW.freed_at IS NULL)::int WHERE id = NEW.promo_id
    RETURNING min_amount INTO NEW.min_amount;
  END IF;
  RETURN NEW;
END $$;

-- Writes down, at the end of the transaction, the amounts whose change the transaction itself did not write down.
-- It does not refuse: a server of the version before shares this schema during a deployment.
CREATE FUNCTION bookings_record_amounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO booking_events (booking_id, actor_type, action, from_status, to_status, changes)
  SELECT b.id, 'SYSTEM', 'amounts', b.status, b.status, jsonb_object_agg(a.name, jsonb_build_array(a.before, a.now))
  FROM bookings b
  CROSS JOIN LATERAL (VALUES
    ('totalPayable', OLD.total_payable, b.total_payable), ('depositDue', OLD.deposit_due, b.deposit_due),
    ('paidAmount', OLD.paid_amount, b.paid_amount), ('waivedAmount', OLD.waived_amount, b.waived_amount),
    ('feeAmount', OLD.fee_amount, b.fee_amount)) AS a(name, before, now)
  WHERE b.id = NEW.id AND a.before <> a.now AND a.now::text IS DISTINCT FROM (
    SELECT e.changes -> a.name ->> 1 FROM booking_events e
    WHERE e.booking_id = b.id AND e.changes ? a.name ORDER BY e.id DESC LIMIT 1)
  GROUP BY b.id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bookings_amounts_in_history
  AFTER UPDATE OF total_payable, deposit_due, paid_amount, waived_amount, fee_amount ON bookings
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.total_payable, OLD.deposit_due, OLD.paid_amount, OLD.waived_amount, OLD.fee_amount)
    IS DISTINCT FROM (NEW.total_payable, NEW.deposit_due, NEW.paid_amount, NEW.waived_amount, NEW.fee_amount))
  EXECUTE FUNCTION bookings_record_amounts();
