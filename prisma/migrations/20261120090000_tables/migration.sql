-- The tables, as schema.prisma describes them, and the one clock they use.

-- Time is the database's. clock_timestamp() and not now(): after waiting for a lock, the transaction's own start
-- would still call an expired hold alive. Tests travel in time by replacing this function in their own database.
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';




-- CreateEnum
CREATE TYPE "property_status" AS ENUM ('DRAFT', 'PENDING_REVIEW', 'LIVE', 'SUSPENDED');

-- CreateEnum
CREATE TYPE "approval" AS ENUM ('STAFF', 'AUTOMATIC');

-- CreateEnum
CREATE TYPE "payment_policy" AS ENUM ('NONE', 'DEPOSIT', 'FULL');

-- CreateEnum
CREATE TYPE "booking_kind" AS ENUM ('STAY', 'APPOINTMENT');

-- CreateEnum
CREATE TYPE "booking_status" AS ENUM ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE', 'COMPLETED', 'DECLINED', 'CANCELLED', 'EXPIRED', 'NO_SHOW');

-- CreateEnum
CREATE TYPE "booking_source" AS ENUM ('WEBSITE', 'STAFF', 'PHONE', 'WALK_IN', 'AI_RECEPTIONIST', 'GUEST', 'COMPAT', 'IMPORT');

-- CreateEnum
CREATE TYPE "payment_stage" AS ENUM ('NONE', 'SESSION_CREATED', 'AUTHORIZED', 'CAPTURING', 'CAPTURED', 'VOIDED', 'LAPSED', 'FAILED', 'REFUNDED', 'PARTIALLY_REFUNDED');

-- CreateEnum
CREATE TYPE "payment_method" AS ENUM ('CASH', 'CARD_TERMINAL', 'BANK_TRANSFER', 'ZELLE', 'VENMO', 'OTHER');

-- CreateEnum
CREATE TYPE "party_role" AS ENUM ('PRIMARY', 'COMPANION', 'CHILD');

-- CreateEnum
CREATE TYPE "housekeeping_status" AS ENUM ('CLEAN', 'DIRTY', 'INSPECTED', 'OUT_OF_ORDER');

-- CreateEnum
CREATE TYPE "tax_basis" AS ENUM ('PERCENT', 'FLAT_PER_NIGHT', 'FLAT_PER_PERSON_NIGHT');

-- CreateEnum
CREATE TYPE "staff_role" AS ENUM ('OWNER', 'MANAGER', 'FRONT_DESK', 'HOUSEKEEPING', 'VIEWER');

-- CreateEnum
CREATE TYPE "actor_type" AS ENUM ('GUEST', 'STAFF', 'AGENT', 'PAYMENT', 'SYSTEM');

-- CreateTable
CREATE TABLE "properties" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" "property_status" NOT NULL DEFAULT 'DRAFT',
    "timezone" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "approval" "approval" NOT NULL DEFAULT 'STAFF',
    "payment_policy" "payment_policy" NOT NULL DEFAULT 'NONE',
    "deposit_policy" JSONB NOT NULL DEFAULT '{"type": "NONE"}',
    "cancellation_policy" JSONB NOT NULL DEFAULT '{"tiers": []}',
    "hold_minutes" INTEGER NOT NULL DEFAULT 10,
    "check_in_time" TEXT NOT NULL DEFAULT '15:00',
    "check_out_time" TEXT NOT NULL DEFAULT '11:00',
    "booking_window_days" INTEGER NOT NULL DEFAULT 365,
    "min_notice_minutes" INTEGER NOT NULL DEFAULT 0,
    "phone" TEXT,
    "email" TEXT,
    "address" JSONB,
    "images" JSONB NOT NULL DEFAULT '[]',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "properties_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "room_types" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "max_occupancy" INTEGER NOT NULL,
    "base_occupancy" INTEGER NOT NULL,
    "base_price" BIGINT NOT NULL,
    "discounted_price" BIGINT,
    "extra_adult_charge" BIGINT NOT NULL DEFAULT 0,
    "extra_child_charge" BIGINT NOT NULL DEFAULT 0,
    "min_stay" INTEGER NOT NULL DEFAULT 1,
    "position" INTEGER NOT NULL DEFAULT 0,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "room_types_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rooms" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "room_type_id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "floor" INTEGER,
    "housekeeping_status" "housekeeping_status" NOT NULL DEFAULT 'CLEAN',
    "out_of_order_from_on" DATE,
    "out_of_order_to_on" DATE,

    CONSTRAINT "rooms_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inventory_nights" (
    "room_type_id" UUID NOT NULL,
    "night" DATE NOT NULL,
    "total" INTEGER NOT NULL,
    "out_of_order" INTEGER NOT NULL DEFAULT 0,
    "reserved" INTEGER NOT NULL DEFAULT 0,
    "price" BIGINT,
    "min_stay" INTEGER,
    "is_closed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "inventory_nights_pkey" PRIMARY KEY ("room_type_id","night")
);

-- CreateTable
CREATE TABLE "tax_rules" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "basis" "tax_basis" NOT NULL DEFAULT 'PERCENT',
    "is_inclusive" BOOLEAN NOT NULL,
    "rate_bps" INTEGER NOT NULL DEFAULT 0,
    "amount" BIGINT NOT NULL DEFAULT 0,
    "bands" JSONB NOT NULL DEFAULT '[]',
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "tax_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customers" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "email_normalized" TEXT NOT NULL,
    "first_name" TEXT NOT NULL,
    "last_name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "phone_sealed" TEXT,
    "phone_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "last_booked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "customers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bookings" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "kind" "booking_kind" NOT NULL,
    "status" "booking_status" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "source" "booking_source" NOT NULL,
    "price" JSONB NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "total_payable" BIGINT NOT NULL,
    "deposit_due" BIGINT NOT NULL,
    "paid_amount" BIGINT NOT NULL DEFAULT 0,
    "waived_amount" BIGINT NOT NULL DEFAULT 0,
    "payment_stage" "payment_stage" NOT NULL DEFAULT 'NONE',
    "payment_provider" TEXT,
    "capture_before" TIMESTAMPTZ(3),
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "booker_sealed" TEXT,
    "special_requests" TEXT,
    "decision_by" UUID,
    "decision_at" TIMESTAMPTZ(3),
    "decline_reason_code" TEXT,
    "decline_reason_note" TEXT,
    "reserved_at" TIMESTAMPTZ(3),
    "confirmed_at" TIMESTAMPTZ(3),
    "payment_authorized_at" TIMESTAMPTZ(3),
    "paid_at" TIMESTAMPTZ(3),
    "checked_in_at" TIMESTAMPTZ(3),
    "checked_out_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "bookings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stays" (
    "booking_id" UUID NOT NULL,
    "room_type_id" UUID NOT NULL,
    "check_in_on" DATE NOT NULL,
    "check_out_on" DATE NOT NULL,
    "held_until_on" DATE NOT NULL,
    "adults" INTEGER NOT NULL,
    "children" INTEGER NOT NULL,
    "assignment_version" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "stays_pkey" PRIMARY KEY ("booking_id")
);

-- CreateTable
CREATE TABLE "party_members" (
    "id" BIGSERIAL NOT NULL,
    "booking_id" UUID NOT NULL,
    "role" "party_role" NOT NULL,
    "first_name" TEXT NOT NULL,
    "last_name" TEXT NOT NULL,
    "email" TEXT,
    "phone_sealed" TEXT,
    "phone_hash" TEXT,
    "is_staying" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "party_members_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "room_assignments" (
    "id" UUID NOT NULL,
    "booking_id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "from_on" DATE NOT NULL,
    "to_on" DATE NOT NULL,
    "assigned_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "assigned_by" UUID,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "room_assignments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payments" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "booking_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "method" "payment_method" NOT NULL,
    "stage" "payment_stage" NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reference" TEXT,
    "recorded_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "payments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "booking_events" (
    "id" BIGSERIAL NOT NULL,
    "booking_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "actor_type" "actor_type" NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT,
    "action" TEXT NOT NULL,
    "from_status" "booking_status",
    "to_status" "booking_status" NOT NULL,
    "reason" TEXT,
    "changes" JSONB,
    "request_id" TEXT,

    CONSTRAINT "booking_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox_messages" (
    "id" BIGSERIAL NOT NULL,
    "property_id" UUID NOT NULL,
    "booking_id" UUID,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "outbox_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guest_tokens" (
    "id" UUID NOT NULL,
    "booking_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "capabilities" TEXT[],
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "guest_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "first_name" TEXT NOT NULL,
    "last_name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "is_platform_admin" BOOLEAN NOT NULL DEFAULT false,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "user_id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "role" "staff_role" NOT NULL,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("user_id","property_id")
);

-- CreateTable
CREATE TABLE "refresh_tokens" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "family_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "answer_sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("scope","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "properties_slug_key" ON "properties"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "room_types_code_unique" ON "room_types"("property_id", "code");

-- CreateIndex
CREATE UNIQUE INDEX "rooms_number_unique" ON "rooms"("property_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "tax_rules_code_unique" ON "tax_rules"("property_id", "code");

-- CreateIndex
CREATE INDEX "customers_phone_index" ON "customers"("property_id", "phone_hash");

-- CreateIndex
CREATE UNIQUE INDEX "customers_email_unique" ON "customers"("property_id", "email_normalized");

-- CreateIndex
CREATE UNIQUE INDEX "bookings_code_unique" ON "bookings"("code");

-- CreateIndex
CREATE INDEX "bookings_property_dates_index" ON "bookings"("property_id", "starts_at", "ends_at");

-- CreateIndex
CREATE INDEX "bookings_property_created_index" ON "bookings"("property_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "bookings_status_created_index" ON "bookings"("property_id", "status", "created_at");

-- CreateIndex
CREATE INDEX "bookings_customer_index" ON "bookings"("customer_id");

-- CreateIndex
CREATE INDEX "stays_room_type_dates_index" ON "stays"("room_type_id", "check_in_on", "held_until_on");

-- CreateIndex
CREATE INDEX "party_members_booking_index" ON "party_members"("booking_id");

-- CreateIndex
CREATE INDEX "room_assignments_booking_index" ON "room_assignments"("booking_id");

-- CreateIndex
CREATE INDEX "room_assignments_room_index" ON "room_assignments"("room_id", "from_on");

-- CreateIndex
CREATE INDEX "payments_booking_index" ON "payments"("booking_id");

-- CreateIndex
CREATE INDEX "payments_reference_index" ON "payments"("reference");

-- CreateIndex
CREATE INDEX "booking_events_booking_index" ON "booking_events"("booking_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "guest_tokens_hash_unique" ON "guest_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "guest_tokens_booking_index" ON "guest_tokens"("booking_id");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_unique" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_tokens_hash_unique" ON "refresh_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "refresh_tokens_family_index" ON "refresh_tokens"("family_id");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_index" ON "idempotency_keys"("created_at");

-- AddForeignKey
ALTER TABLE "room_types" ADD CONSTRAINT "room_types_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_room_type_id_fkey" FOREIGN KEY ("room_type_id") REFERENCES "room_types"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inventory_nights" ADD CONSTRAINT "inventory_nights_room_type_id_fkey" FOREIGN KEY ("room_type_id") REFERENCES "room_types"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tax_rules" ADD CONSTRAINT "tax_rules_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "customers" ADD CONSTRAINT "customers_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stays" ADD CONSTRAINT "stays_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stays" ADD CONSTRAINT "stays_room_type_id_fkey" FOREIGN KEY ("room_type_id") REFERENCES "room_types"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "party_members" ADD CONSTRAINT "party_members_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_assignments" ADD CONSTRAINT "room_assignments_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_assignments" ADD CONSTRAINT "room_assignments_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "rooms"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payments" ADD CONSTRAINT "payments_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "booking_events" ADD CONSTRAINT "booking_events_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guest_tokens" ADD CONSTRAINT "guest_tokens_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
