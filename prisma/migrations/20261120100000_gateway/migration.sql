-- What is asked of the payment gateway is written before it is asked, and what it tells us is stored once.

-- CreateEnum
CREATE TYPE "payment_purpose" AS ENUM ('BOOKING', 'BALANCE');

-- CreateEnum
CREATE TYPE "gateway_operation_kind" AS ENUM ('CREATE_SESSION', 'EXPIRE_SESSION', 'CAPTURE', 'VOID', 'REFUND');

-- CreateEnum
CREATE TYPE "gateway_operation_state" AS ENUM ('PENDING', 'UNKNOWN', 'DONE', 'REFUSED');

-- CreateEnum
CREATE TYPE "webhook_event_state" AS ENUM ('RECEIVED', 'PROCESSED', 'FAILED');

-- AlterEnum
ALTER TYPE "payment_method" ADD VALUE 'CARD';

-- AlterTable
ALTER TABLE "payments" ADD COLUMN     "capture_before" TIMESTAMPTZ(3),
ADD COLUMN     "intent_id" TEXT,
ADD COLUMN     "purpose" "payment_purpose",
ADD COLUMN     "refunded_amount" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "session_id" TEXT,
ADD COLUMN     "session_url" TEXT;

-- CreateTable
CREATE TABLE "gateway_operations" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "booking_id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "kind" "gateway_operation_kind" NOT NULL,
    "params" JSONB NOT NULL,
    "state" "gateway_operation_state" NOT NULL DEFAULT 'PENDING',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "key_number" INTEGER NOT NULL DEFAULT 1,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "leased_until" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "actor_type" "actor_type" NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "gateway_operations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_events" (
    "id" BIGSERIAL NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "session_id" TEXT,
    "intent_id" TEXT,
    "charge_id" TEXT,
    "payment_id" UUID,
    "booking_id" UUID,
    "property_id" UUID,
    "state" "webhook_event_state" NOT NULL DEFAULT 'RECEIVED',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "leased_until" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "processed_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "gateway_operations_booking_index" ON "gateway_operations"("booking_id");

-- CreateIndex
CREATE INDEX "gateway_operations_payment_index" ON "gateway_operations"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_events_once" ON "webhook_events"("event_id");

-- CreateIndex
CREATE INDEX "webhook_events_property_index" ON "webhook_events"("property_id", "id");

-- CreateIndex
CREATE INDEX "webhook_events_booking_index" ON "webhook_events"("booking_id");

-- CreateIndex
CREATE INDEX "payments_intent_index" ON "payments"("intent_id");

-- AddForeignKey
ALTER TABLE "gateway_operations" ADD CONSTRAINT "gateway_operations_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_operations" ADD CONSTRAINT "gateway_operations_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A repeat of a request whose answer waits for the gateway.
ALTER TABLE "idempotency_keys" ALTER COLUMN "answer_sealed" DROP NOT NULL,
ADD COLUMN "booking_id" UUID,
ADD COLUMN "operation_ids" UUID[] DEFAULT ARRAY[]::UUID[];

-- One open checkout and one capture per booking and purpose, whoever asks.
CREATE UNIQUE INDEX payments_one_session ON payments (booking_id) WHERE provider = 'STRIPE' AND stage = 'SESSION_CREATED';
CREATE UNIQUE INDEX payments_one_capture ON payments (booking_id, purpose) WHERE provider = 'STRIPE' AND stage IN ('CAPTURING', 'CAPTURED');
CREATE UNIQUE INDEX payments_session_unique ON payments (session_id) WHERE session_id IS NOT NULL;
ALTER TABLE payments ADD CONSTRAINT payments_refund_within_captured CHECK (refunded_amount BETWEEN 0 AND amount);

-- Money is either captured or given up: while one of the two is under way, the other is refused.
CREATE UNIQUE INDEX gateway_operations_one_decision ON gateway_operations (payment_id)
  WHERE kind IN ('CAPTURE', 'VOID') AND state IN ('PENDING', 'UNKNOWN');

-- What is due next, found without looking at what is settled.
CREATE INDEX gateway_operations_due_index ON gateway_operations (next_attempt_at) WHERE state IN ('PENDING', 'UNKNOWN');
CREATE INDEX webhook_events_due_index ON webhook_events (next_attempt_at) WHERE state = 'RECEIVED';
