-- A dearer move by a guest who pays beforehand is held until it is paid, and falls back to what was.

-- CreateTable
CREATE TABLE "held_moves" (
    "booking_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "balance" BIGINT NOT NULL,
    "drops_promo" BOOLEAN NOT NULL,
    "kept_nights" DATE[],
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "price" JSONB NOT NULL,
    "check_in_on" DATE,
    "check_out_on" DATE,
    "provider_id" UUID,
    "occupied_from" TIMESTAMPTZ(3),
    "occupied_until" TIMESTAMPTZ(3),
    "adults" INTEGER NOT NULL,
    "children" INTEGER NOT NULL,
    "zone_id" UUID,

    CONSTRAINT "held_moves_pkey" PRIMARY KEY ("booking_id")
);

-- CreateIndex
CREATE INDEX "held_moves_expiry_index" ON "held_moves"("expires_at");

-- AddForeignKey
ALTER TABLE "held_moves" ADD CONSTRAINT "held_moves_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "held_moves" ADD CONSTRAINT "held_moves_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "held_moves" ADD CONSTRAINT "held_moves_zone_id_fkey" FOREIGN KEY ("zone_id") REFERENCES "zones"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE held_moves
  ADD CONSTRAINT held_moves_of_one_kind CHECK (
    (check_in_on IS NULL) = (check_out_on IS NULL) AND (provider_id IS NULL) = (check_in_on IS NOT NULL)
    AND (provider_id IS NULL) = (occupied_from IS NULL) AND (provider_id IS NULL) = (occupied_until IS NULL)),
  ADD CONSTRAINT held_moves_balance_valid CHECK (balance >= 0);
