-- A booking keeps the promo it was sold with, whatever staff make of it later, and a promo's limits each have a name.

ALTER TABLE "promo_uses" ADD COLUMN     "type" "promo_type",
ADD COLUMN     "value" BIGINT;
UPDATE promo_uses u SET type = p.type, value = p.value FROM promos p WHERE p.id = u.promo_id;
ALTER TABLE "promo_uses" ALTER COLUMN "type" SET NOT NULL,
ALTER COLUMN "value" SET NOT NULL;
ALTER TABLE promo_uses ADD CONSTRAINT promo_uses_value_valid CHECK (value > 0 AND (type <> 'PERCENT' OR value <= 10000));

-- Uses are counted where they are written.
CREATE OR REPLACE FUNCTION promo_uses_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.promo_id, NEW.booking_id, NEW.customer_id, NEW.type, NEW.value) IS DISTINCT FROM (OLD.promo_id, OLD.booking_id, OLD.customer_id, OLD.type, OLD.value) THEN
      RAISE EXCEPTION 'a use belongs to its booking (trigger "promo_uses_counted")'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'promo_uses_counted';
    END IF;
    UPDATE promos SET uses = uses - (OLD.freed_at IS NULL)::int + (NEW.freed_at IS NULL)::int WHERE id = NEW.promo_id;
  ELSE
    UPDATE promos SET uses = uses + (NEW.freed_at IS NULL)::int WHERE id = NEW.promo_id;
  END IF;
  RETURN NEW;
END $$;

-- Comes after the count, by its name: that has locked the promo's row, so the uses of one customer come one after the other.
CREATE FUNCTION promo_uses_check_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT max_uses_per_customer FROM promos WHERE id = NEW.promo_id) <= (
    SELECT count(*) FROM promo_uses
    WHERE promo_id = NEW.promo_id AND customer_id = NEW.customer_id AND freed_at IS NULL AND booking_id <> NEW.booking_id
  ) THEN
    RAISE EXCEPTION 'this customer has used the promo as often as may be (trigger "promo_uses_within_customer_limit")'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'promo_uses_within_customer_limit';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER promo_uses_within_customer_limit BEFORE INSERT OR UPDATE ON promo_uses FOR EACH ROW
  WHEN (NEW.freed_at IS NULL) EXECUTE FUNCTION promo_uses_check_customer();
