-- The approval that a booking was made under: a later change of the setting counts for later bookings only.
ALTER TABLE "bookings" ADD COLUMN "approval" "approval";
UPDATE "bookings" b SET "approval" = p."approval" FROM "properties" p WHERE p."id" = b."property_id";
ALTER TABLE "bookings" ALTER COLUMN "approval" SET NOT NULL;

-- A new property refunds everything until a day before the start, then nothing, unless it says otherwise.
ALTER TABLE "properties" ALTER COLUMN "cancellation_policy" SET DEFAULT '{"tiers": [{"hoursBefore": 24, "refundPercent": 100}]}';

-- A hold ends at the latest when its time has passed: an appointment's at its start, a stay's at check-out time.
UPDATE "bookings" SET "expires_at" = CASE "kind" WHEN 'APPOINTMENT' THEN "starts_at" ELSE "ends_at" END
WHERE "status" IN ('PENDING_PAYMENT', 'PENDING_APPROVAL')
  AND "expires_at" > CASE "kind" WHEN 'APPOINTMENT' THEN "starts_at" ELSE "ends_at" END;
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_hold_ends_at_cut_off" CHECK (
  "status" NOT IN ('PENDING_PAYMENT', 'PENDING_APPROVAL') OR "expires_at" IS NULL
  OR "expires_at" <= CASE "kind" WHEN 'APPOINTMENT' THEN "starts_at" ELSE "ends_at" END);
