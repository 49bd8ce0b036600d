ALTER TABLE "properties" ADD COLUMN "max_open_holds" INTEGER NOT NULL DEFAULT 3;
ALTER TABLE properties ADD CONSTRAINT properties_open_holds_valid CHECK (max_open_holds BETWEEN 1 AND 50);

CREATE TABLE "booking_claims" (
    "booking_id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "phone_hash" TEXT,
    "network_hash" TEXT,
    "network_share" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "booking_claims_pkey" PRIMARY KEY ("booking_id")
);
CREATE INDEX "booking_claims_customer_index" ON "booking_claims"("customer_id");
CREATE INDEX "booking_claims_phone_index" ON "booking_claims"("property_id", "phone_hash");
CREATE INDEX "booking_claims_network_index" ON "booking_claims"("property_id", "network_hash");
ALTER TABLE "booking_claims" ADD CONSTRAINT "booking_claims_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE booking_claims ADD CONSTRAINT booking_claims_share_valid CHECK (network_share > 0);

-- Staff are notified of refusals once an hour; the search for the last notification must not read the whole feed.
CREATE INDEX outbox_messages_claims_limited_index ON outbox_messages (property_id, occurred_at) WHERE type = 'unpaid_claims_limited';

-- A place that is taken while no money was paid, authorized or waived for it. Inlined into the queries that call it.
CREATE FUNCTION is_unpaid_claim(
  status booking_status, stage payment_stage, paid bigint, waived bigint, expires_at timestamptz, ends_at timestamptz, at timestamptz
) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT paid + waived = 0 AND ends_at > at AND CASE status
    WHEN 'PENDING_PAYMENT' THEN stage IN ('NONE', 'SESSION_CREATED', 'FAILED') AND expires_at > at
    WHEN 'PENDING_APPROVAL' THEN stage NOT IN ('AUTHORIZED', 'CAPTURING')
    WHEN 'CONFIRMED' THEN stage NOT IN ('AUTHORIZED', 'CAPTURING')
    ELSE false END
$$;

-- Holds of one customer wait for each other at the customer's row, which the booking has written before; those of one
-- telephone at the lock here. The lock comes before the count, and each statement here sees what was committed before it.
CREATE FUNCTION judge_open_holds(claimed uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  claim record;
  now_at timestamptz;
  by_customer integer;
  by_phone integer := 0;
BEGIN
  SELECT k.property_id, k.customer_id, k.phone_hash, p.max_open_holds INTO claim
  FROM booking_claims k JOIN bookings b ON b.id = k.booking_id JOIN properties p ON p.id = k.property_id
  WHERE k.booking_id = claimed AND b.status = 'PENDING_PAYMENT';
  IF NOT FOUND THEN RETURN; END IF;
  IF claim.phone_hash IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('open holds ' || claim.property_id || ' ' || claim.phone_hash, 0));
  END IF;
  now_at := app_now();
  SELECT count(*) INTO by_customer FROM booking_claims k JOIN bookings b ON b.id = k.booking_id
  WHERE k.customer_id = claim.customer_id AND b.status = 'PENDING_PAYMENT'
    AND is_unpaid_claim(b.status, b.payment_stage, b.paid_amount, b.waived_amount, b.expires_at, b.ends_at, now_at);
  IF claim.phone_hash IS NOT NULL THEN
    SELECT count(*) INTO by_phone FROM booking_claims k JOIN bookings b ON b.id = k.booking_id
    WHERE k.property_id = claim.property_id AND k.phone_hash = claim.phone_hash AND b.status = 'PENDING_PAYMENT'
      AND is_unpaid_claim(b.status, b.payment_stage, b.paid_amount, b.waived_amount, b.expires_at, b.ends_at, now_at);
  END IF;
  IF greatest(by_customer, by_phone) > claim.max_open_holds THEN
    RAISE EXCEPTION 'too many unpaid holds of one e-mail or telephone (trigger "unpaid_holds_within_limit")'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'unpaid_holds_within_limit';
  END IF;
END $$;

-- Every night on sale counts at least one room-night, so only as many rows are read as could prove the share too small.
CREATE FUNCTION room_nights_on_sale(property uuid, from_on date, days integer, enough bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(night.free), 0)::bigint FROM (
    SELECT n.total - n.out_of_order AS free FROM room_types r JOIN inventory_nights n ON n.room_type_id = r.id
    WHERE r.property_id = property AND n.night >= from_on AND n.night < from_on + days
      AND NOT n.is_closed AND n.total > n.out_of_order
    LIMIT enough
  ) AS night
$$;

-- Minutes by the weekly hours, and by the dates with hours of their own.
CREATE FUNCTION open_minutes(provider uuid, from_on date, days integer) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT sum(h.to_minute - h.from_minute) FROM provider_hours h WHERE h.provider_id = provider), 0) * days / 7
    + coalesce((SELECT sum(x.to_minute - x.from_minute) FROM provider_exceptions x
        WHERE x.provider_id = provider AND x.on_date >= from_on AND x.on_date < from_on + days), 0)
$$;

CREATE FUNCTION judge_unpaid_share(claimed uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  claim record;
  now_at timestamptz;
  today date;
  taken numeric;
  allowed numeric;
BEGIN
  SELECT k.property_id, k.network_hash, k.network_share, b.kind, p.timezone, a.provider_id,
    coalesce(s.booking_window_days, p.booking_window_days) AS days
  INTO claim
  FROM booking_claims k JOIN bookings b ON b.id = k.booking_id JOIN properties p ON p.id = k.property_id
  LEFT JOIN appointments a ON a.booking_id = b.id LEFT JOIN services s ON s.id = a.service_id
  WHERE k.booking_id = claimed AND k.network_hash IS NOT NULL
    AND is_unpaid_claim(b.status, b.payment_stage, b.paid_amount, b.waived_amount, b.expires_at, b.ends_at, app_now());
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('unpaid claims ' || claim.property_id || ' ' || claim.network_hash, 0));
  now_at := app_now();
  today := (now_at AT TIME ZONE claim.timezone)::date;
  IF claim.kind = 'STAY' THEN
    SELECT coalesce(sum(greatest(0, s.held_until_on - greatest(s.check_in_on, today))), 0) INTO taken
    FROM booking_claims k JOIN bookings b ON b.id = k.booking_id JOIN stays s ON s.booking_id = b.id
    WHERE k.property_id = claim.property_id AND k.network_hash = claim.network_hash
      AND is_unpaid_claim(b.status, b.payment_stage, b.paid_amount, b.waived_amount, b.expires_at, b.ends_at, now_at);
    allowed := claim.network_share::numeric
      * room_nights_on_sale(claim.property_id, today, claim.days + 1, ceil(taken / claim.network_share::numeric)::bigint);
  ELSE
    SELECT coalesce(sum(extract(epoch FROM a.occupied_until - greatest(a.occupied_from, now_at)) / 60), 0) INTO taken
    FROM booking_claims k JOIN bookings b ON b.id = k.booking_id JOIN appointments a ON a.booking_id = b.id
    WHERE k.property_id = claim.property_id AND k.network_hash = claim.network_hash
      AND a.provider_id = claim.provider_id AND a.is_live AND a.occupied_until > now_at
      AND is_unpaid_claim(b.status, b.payment_stage, b.paid_amount, b.waived_amount, b.expires_at, b.ends_at, now_at);
    allowed := claim.network_share::numeric * open_minutes(claim.provider_id, today, claim.days + 1);
  END IF;
  IF taken > allowed THEN
    RAISE EXCEPTION 'unpaid bookings of one network take too much (trigger "unpaid_claims_within_share")'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'unpaid_claims_within_share';
  END IF;
END $$;

CREATE FUNCTION booking_claims_judge_share() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM judge_unpaid_share(NEW.booking_id);
  RETURN NULL;
END $$;
CREATE FUNCTION booking_claims_judge_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM judge_open_holds(NEW.booking_id);
  RETURN NULL;
END $$;
-- Fired by name: the network's lock comes before the telephone's in every transaction.
CREATE TRIGGER unpaid_claims_within_share AFTER INSERT ON booking_claims
  FOR EACH ROW WHEN (NEW.network_hash IS NOT NULL) EXECUTE FUNCTION booking_claims_judge_share();
CREATE TRIGGER unpaid_holds_within_limit AFTER INSERT ON booking_claims
  FOR EACH ROW EXECUTE FUNCTION booking_claims_judge_holds();
