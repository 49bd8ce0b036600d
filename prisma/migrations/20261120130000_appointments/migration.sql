-- Providers sell their time: no appointment overlaps another, whoever writes.

-- CreateEnum
CREATE TYPE "service_pricing" AS ENUM ('PER_BOOKING', 'PER_PERSON');

-- CreateTable
CREATE TABLE "services" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "duration_minutes" INTEGER NOT NULL,
    "buffer_before_minutes" INTEGER NOT NULL DEFAULT 0,
    "buffer_after_minutes" INTEGER NOT NULL DEFAULT 0,
    "slot_step_minutes" INTEGER NOT NULL DEFAULT 15,
    "pricing" "service_pricing" NOT NULL DEFAULT 'PER_BOOKING',
    "price" BIGINT NOT NULL DEFAULT 0,
    "adult_price" BIGINT NOT NULL DEFAULT 0,
    "child_price" BIGINT NOT NULL DEFAULT 0,
    "minimum_total" BIGINT NOT NULL DEFAULT 0,
    "payment_policy" "payment_policy",
    "min_notice_minutes" INTEGER,
    "booking_window_days" INTEGER,
    "max_adults" INTEGER NOT NULL DEFAULT 1,
    "max_children" INTEGER NOT NULL DEFAULT 0,
    "is_at_guests" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "services_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "providers" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "calendar_token_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "providers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_services" (
    "provider_id" UUID NOT NULL,
    "service_id" UUID NOT NULL,

    CONSTRAINT "provider_services_pkey" PRIMARY KEY ("provider_id","service_id")
);

-- CreateTable
CREATE TABLE "provider_hours" (
    "id" BIGSERIAL NOT NULL,
    "provider_id" UUID NOT NULL,
    "weekday" INTEGER NOT NULL,
    "from_minute" INTEGER NOT NULL,
    "to_minute" INTEGER NOT NULL,

    CONSTRAINT "provider_hours_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_exceptions" (
    "id" BIGSERIAL NOT NULL,
    "provider_id" UUID NOT NULL,
    "on_date" DATE NOT NULL,
    "from_minute" INTEGER,
    "to_minute" INTEGER,

    CONSTRAINT "provider_exceptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "time_off" (
    "id" UUID NOT NULL,
    "provider_id" UUID NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT,

    CONSTRAINT "time_off_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "zones" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "postal_codes" TEXT[],
    "fee" BIGINT NOT NULL DEFAULT 0,
    "position" INTEGER NOT NULL DEFAULT 0,
    "is_active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "zones_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "appointments" (
    "booking_id" UUID NOT NULL,
    "service_id" UUID NOT NULL,
    "provider_id" UUID NOT NULL,
    "occupied_from" TIMESTAMPTZ(3) NOT NULL,
    "occupied_until" TIMESTAMPTZ(3) NOT NULL,
    "is_live" BOOLEAN NOT NULL DEFAULT true,
    "adults" INTEGER NOT NULL,
    "children" INTEGER NOT NULL,
    "address_sealed" TEXT,
    "zone_id" UUID,

    CONSTRAINT "appointments_pkey" PRIMARY KEY ("booking_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "services_code_unique" ON "services"("property_id", "code");

-- CreateIndex
CREATE UNIQUE INDEX "providers_calendar_token_unique" ON "providers"("calendar_token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "providers_code_unique" ON "providers"("property_id", "code");

-- CreateIndex
CREATE INDEX "provider_services_service_index" ON "provider_services"("service_id");

-- CreateIndex
CREATE INDEX "provider_exceptions_date_index" ON "provider_exceptions"("provider_id", "on_date");

-- CreateIndex
CREATE INDEX "time_off_provider_index" ON "time_off"("provider_id", "starts_at");

-- CreateIndex
CREATE UNIQUE INDEX "zones_code_unique" ON "zones"("property_id", "code");

-- CreateIndex
CREATE INDEX "appointments_service_index" ON "appointments"("service_id");

-- AddForeignKey
ALTER TABLE "services" ADD CONSTRAINT "services_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "providers" ADD CONSTRAINT "providers_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_services" ADD CONSTRAINT "provider_services_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_services" ADD CONSTRAINT "provider_services_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "services"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_hours" ADD CONSTRAINT "provider_hours_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_exceptions" ADD CONSTRAINT "provider_exceptions_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "time_off" ADD CONSTRAINT "time_off_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "zones" ADD CONSTRAINT "zones_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "services"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_zone_id_fkey" FOREIGN KEY ("zone_id") REFERENCES "zones"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- A provider does one thing at a time. What ended gives its time back; buffers are part of what is taken.
ALTER TABLE appointments
  ADD CONSTRAINT appointments_times_valid CHECK (occupied_from < occupied_until),
  ADD CONSTRAINT appointments_persons_valid CHECK (adults >= 1 AND children >= 0),
  ADD CONSTRAINT appointments_no_overlap
    EXCLUDE USING gist (provider_id WITH =, tstzrange(occupied_from, occupied_until) WITH &&) WHERE (is_live);

ALTER TABLE provider_hours
  ADD CONSTRAINT provider_hours_valid CHECK (weekday BETWEEN 1 AND 7 AND from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440),
  ADD CONSTRAINT provider_hours_no_overlap
    EXCLUDE USING gist (provider_id WITH =, weekday WITH =, int4range(from_minute, to_minute) WITH &&);
ALTER TABLE provider_exceptions
  ADD CONSTRAINT provider_exceptions_valid CHECK (
    num_nulls(from_minute, to_minute) IN (0, 2)
    AND (from_minute IS NULL OR from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440)),
  ADD CONSTRAINT provider_exceptions_no_overlap
    EXCLUDE USING gist (provider_id WITH =, on_date WITH =, int4range(from_minute, to_minute) WITH &&) WHERE (from_minute IS NOT NULL);
ALTER TABLE time_off ADD CONSTRAINT time_off_valid CHECK (starts_at < ends_at);

ALTER TABLE services
  ADD CONSTRAINT services_times_valid CHECK (
    duration_minutes BETWEEN 1 AND 1440 AND buffer_before_minutes BETWEEN 0 AND 1440 AND buffer_after_minutes BETWEEN 0 AND 1440
    AND slot_step_minutes BETWEEN 1 AND 1440 AND min_notice_minutes >= 0 AND booking_window_days BETWEEN 1 AND 730),
  ADD CONSTRAINT services_amounts_valid CHECK (price >= 0 AND adult_price >= 0 AND child_price >= 0 AND minimum_total >= 0),
  ADD CONSTRAINT services_persons_valid CHECK (max_adults >= 1 AND max_children >= 0);
ALTER TABLE zones ADD CONSTRAINT zones_fee_valid CHECK (fee >= 0);
