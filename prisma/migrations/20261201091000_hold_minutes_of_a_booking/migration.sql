-- How long a booking is held was settled when it was made: a later change of the setting counts for later bookings only.
ALTER TABLE "bookings" ADD COLUMN "hold_minutes" INTEGER NOT NULL DEFAULT 10;
UPDATE "bookings" b SET "hold_minutes" = p."hold_minutes" FROM "properties" p
WHERE p."id" = b."property_id" AND b."status" IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'EXPIRED');
