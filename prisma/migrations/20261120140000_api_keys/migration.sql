-- Machines get in by keys of which only a hash is kept, and cannot hold more than a caller would.

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "key_hash" TEXT NOT NULL,
    "last_four" TEXT NOT NULL,
    "scopes" TEXT[],
    "max_live_holds" INTEGER NOT NULL DEFAULT 20,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "last_used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_proposals" (
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "key_id" UUID NOT NULL,
    "booking_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "params" JSONB NOT NULL,
    "version" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "used_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "agent_proposals_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_unique" ON "api_keys"("key_hash");

-- CreateIndex
CREATE INDEX "api_keys_property_index" ON "api_keys"("property_id");

-- CreateIndex
CREATE UNIQUE INDEX "agent_proposals_token_unique" ON "agent_proposals"("token_hash");

-- CreateIndex
CREATE INDEX "agent_proposals_key_index" ON "agent_proposals"("key_id");

-- CreateIndex
CREATE INDEX "agent_proposals_booking_index" ON "agent_proposals"("booking_id");

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_proposals" ADD CONSTRAINT "agent_proposals_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_keys"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_proposals" ADD CONSTRAINT "agent_proposals_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


ALTER TABLE api_keys
  ADD CONSTRAINT api_keys_scopes_known CHECK (scopes <@ ARRAY['agent'] AND cardinality(scopes) > 0),
  ADD CONSTRAINT api_keys_holds_valid CHECK (max_live_holds >= 0);
ALTER TABLE agent_proposals
  ADD CONSTRAINT agent_proposals_action_known CHECK (action IN ('reschedule', 'cancel'));

-- The few that the trigger below counts.
CREATE INDEX bookings_agent_holds_index ON bookings (property_id) WHERE status = 'PENDING_PAYMENT' AND source = 'AI_RECEPTIONIST';

-- Whoever talks to an agent can make it hold one time after another. So many of one key, and three of one telephone, may
-- wait for payment at once. The lock comes before the count, and each statement here sees what was committed before it.
CREATE FUNCTION booking_events_cap_agent_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  property uuid;
  by_key integer;
  by_phone integer;
  allowed integer;
BEGIN
  SELECT property_id INTO property FROM bookings WHERE id = NEW.booking_id AND status = 'PENDING_PAYMENT';
  IF property IS NULL THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('agent holds ' || property, 0));
  SELECT max_live_holds INTO allowed FROM api_keys WHERE property_id = property AND id::text = NEW.actor_id;
  SELECT count(*) FILTER (WHERE e.actor_id = NEW.actor_id), count(*) FILTER (WHERE theirs.phone_hash = new_one.phone_hash)
  INTO by_key, by_phone
  FROM bookings b
  JOIN booking_events e ON e.booking_id = b.id AND e.action = 'create'
  JOIN party_members theirs ON theirs.booking_id = b.id AND theirs.role = 'PRIMARY'
  JOIN party_members new_one ON new_one.booking_id = NEW.booking_id AND new_one.role = 'PRIMARY'
  WHERE b.property_id = property AND b.status = 'PENDING_PAYMENT' AND b.source = 'AI_RECEPTIONIST'
    AND (b.expires_at > app_now() OR b.payment_stage NOT IN ('NONE', 'SESSION_CREATED', 'FAILED'));
  IF by_key > coalesce(allowed, 20) OR by_phone > 3 THEN
    RAISE EXCEPTION 'too many bookings of this agent wait for payment (trigger "agent_holds_capped")'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'agent_holds_capped';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER agent_holds_capped AFTER INSERT ON booking_events
  FOR EACH ROW WHEN (NEW.action = 'create' AND NEW.actor_type = 'AGENT') EXECUTE FUNCTION booking_events_cap_agent_holds();
