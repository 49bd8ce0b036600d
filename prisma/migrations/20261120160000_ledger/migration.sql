-- Every cent has two ends: a ledger of transfers that nothing changes, refunds with a life of their own, promos that are counted.

-- CreateEnum
CREATE TYPE "ledger_account_kind" AS ENUM ('WALLET', 'GATEWAY', 'MANUAL', 'BOOKING', 'REVENUE', 'TAX', 'REFUNDS', 'CREDITS', 'DISPUTES', 'LOSSES');

-- CreateEnum
CREATE TYPE "ledger_transfer_kind" AS ENUM ('PAYMENT', 'REFUND', 'REFUND_CANCELLED', 'PAYOUT', 'PAYOUT_FAILED', 'EARNED', 'UNEARNED', 'WALLET_CREDIT', 'WALLET_DEBIT', 'DISPUTE', 'DISPUTE_WON', 'LOSS');

-- CreateEnum
CREATE TYPE "refund_destination" AS ENUM ('CARD', 'WALLET', 'MANUAL');

-- CreateEnum
CREATE TYPE "refund_state" AS ENUM ('PENDING', 'UNKNOWN', 'DONE', 'CANCELLED');

-- CreateEnum
CREATE TYPE "refund_origin" AS ENUM ('POLICY', 'STAFF', 'SYSTEM', 'GATEWAY');

-- CreateEnum
CREATE TYPE "promo_type" AS ENUM ('PERCENT', 'FIXED');

-- CreateEnum
CREATE TYPE "dispute_status" AS ENUM ('OPEN', 'WON', 'LOST');

-- AlterEnum
ALTER TYPE "payment_method" ADD VALUE 'WALLET';

-- AlterTable
ALTER TABLE "tax_rules" ADD COLUMN     "exempt_kinds" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "bookings" ADD COLUMN     "cancellation_policy" JSONB NOT NULL DEFAULT '{"tiers": []}',
ADD COLUMN     "fee_amount" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "lapse_warned_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "payments" ADD COLUMN     "is_wallet_held" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "wallet_amount" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "gateway_operations" ADD COLUMN     "refund_id" UUID;

-- AlterTable
ALTER TABLE "webhook_events" ADD COLUMN     "dispute_id" TEXT;

-- CreateTable
CREATE TABLE "refunds" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "booking_id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "uncovered_amount" BIGINT NOT NULL DEFAULT 0,
    "currency" CHAR(3) NOT NULL,
    "destination" "refund_destination" NOT NULL,
    "state" "refund_state" NOT NULL DEFAULT 'PENDING',
    "origin" "refund_origin" NOT NULL,
    "reason" TEXT,
    "gateway_refund_id" TEXT,
    "last_error" TEXT,
    "actor_type" "actor_type" NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "refunds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "disputes" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "booking_id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "gateway_dispute_id" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "status" "dispute_status" NOT NULL DEFAULT 'OPEN',
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "disputes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledgers" (
    "property_id" UUID NOT NULL,

    CONSTRAINT "ledgers_pkey" PRIMARY KEY ("property_id")
);

-- CreateTable
CREATE TABLE "ledger_accounts" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "kind" "ledger_account_kind" NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "customer_id" UUID,
    "booking_id" UUID,
    "method" "payment_method",
    "balance" BIGINT NOT NULL DEFAULT 0,
    "reserved" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "ledger_accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_transfers" (
    "id" BIGSERIAL NOT NULL,
    "property_id" UUID NOT NULL,
    "kind" "ledger_transfer_kind" NOT NULL,
    "debit_account_id" UUID NOT NULL,
    "credit_account_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "booking_id" UUID,
    "payment_id" UUID,
    "refund_id" UUID,
    "dispute_id" UUID,
    "reason" TEXT,
    "actor_type" "actor_type" NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT,
    "request_id" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "ledger_transfers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "promos" (
    "id" UUID NOT NULL,
    "property_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" "promo_type" NOT NULL,
    "value" BIGINT NOT NULL,
    "valid_from" TIMESTAMPTZ(3),
    "valid_until" TIMESTAMPTZ(3),
    "min_amount" BIGINT NOT NULL DEFAULT 0,
    "room_types" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "services" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "max_uses" INTEGER,
    "max_uses_per_customer" INTEGER,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "promos_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "promo_uses" (
    "booking_id" UUID NOT NULL,
    "promo_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "freed_at" TIMESTAMPTZ(3),

    CONSTRAINT "promo_uses_pkey" PRIMARY KEY ("booking_id")
);

-- CreateTable
CREATE TABLE "reconciliations" (
    "property_id" UUID NOT NULL,
    "on_date" DATE NOT NULL,
    "is_balanced" BOOLEAN,
    "differences" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),

    CONSTRAINT "reconciliations_pkey" PRIMARY KEY ("property_id","on_date")
);

-- CreateIndex
CREATE UNIQUE INDEX "refunds_gateway_once" ON "refunds"("gateway_refund_id");

-- CreateIndex
CREATE INDEX "refunds_booking_index" ON "refunds"("booking_id");

-- CreateIndex
CREATE INDEX "refunds_payment_index" ON "refunds"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "disputes_gateway_once" ON "disputes"("gateway_dispute_id");

-- CreateIndex
CREATE INDEX "disputes_booking_index" ON "disputes"("booking_id");

-- CreateIndex
CREATE INDEX "disputes_payment_index" ON "disputes"("payment_id");

-- CreateIndex
CREATE INDEX "ledger_accounts_customer_index" ON "ledger_accounts"("customer_id");

-- CreateIndex
CREATE INDEX "ledger_accounts_booking_index" ON "ledger_accounts"("booking_id");

-- CreateIndex
CREATE INDEX "ledger_transfers_debit_index" ON "ledger_transfers"("debit_account_id", "id");

-- CreateIndex
CREATE INDEX "ledger_transfers_credit_index" ON "ledger_transfers"("credit_account_id", "id");

-- CreateIndex
CREATE INDEX "ledger_transfers_booking_index" ON "ledger_transfers"("booking_id", "id");

-- CreateIndex
CREATE INDEX "ledger_transfers_property_index" ON "ledger_transfers"("property_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "promos_code_unique" ON "promos"("property_id", "code");

-- CreateIndex
CREATE INDEX "promo_uses_customer_index" ON "promo_uses"("promo_id", "customer_id");

-- CreateIndex
CREATE INDEX "promo_uses_customer_only_index" ON "promo_uses"("customer_id");

-- CreateIndex
CREATE INDEX "gateway_operations_refund_index" ON "gateway_operations"("refund_id");

-- AddForeignKey
ALTER TABLE "gateway_operations" ADD CONSTRAINT "gateway_operations_refund_id_fkey" FOREIGN KEY ("refund_id") REFERENCES "refunds"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledgers" ADD CONSTRAINT "ledgers_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_accounts" ADD CONSTRAINT "ledger_accounts_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "ledgers"("property_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_accounts" ADD CONSTRAINT "ledger_accounts_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_accounts" ADD CONSTRAINT "ledger_accounts_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_transfers" ADD CONSTRAINT "ledger_transfers_debit_account_id_fkey" FOREIGN KEY ("debit_account_id") REFERENCES "ledger_accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_transfers" ADD CONSTRAINT "ledger_transfers_credit_account_id_fkey" FOREIGN KEY ("credit_account_id") REFERENCES "ledger_accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "promos" ADD CONSTRAINT "promos_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "promo_uses" ADD CONSTRAINT "promo_uses_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "promo_uses" ADD CONSTRAINT "promo_uses_promo_id_fkey" FOREIGN KEY ("promo_id") REFERENCES "promos"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "promo_uses" ADD CONSTRAINT "promo_uses_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- One account for one thing.
CREATE UNIQUE INDEX ledger_accounts_once ON ledger_accounts (property_id, kind, currency, customer_id, booking_id, method) NULLS NOT DISTINCT;
ALTER TABLE ledger_accounts
  ADD CONSTRAINT ledger_accounts_of_something CHECK (
    (customer_id IS NOT NULL) = (kind = 'WALLET') AND (booking_id IS NOT NULL) = (kind = 'BOOKING') AND (method IS NOT NULL) = (kind = 'MANUAL')),
  -- Nobody spends what is not there, and nothing that is promised to a payment is spent on another.
  ADD CONSTRAINT wallets_not_negative CHECK (reserved >= 0 AND (kind = 'WALLET' OR reserved = 0) AND (kind <> 'WALLET' OR reserved <= balance)),
  -- No more is given back than was paid.
  ADD CONSTRAINT ledger_accounts_not_overdrawn CHECK (kind NOT IN ('BOOKING', 'REFUNDS') OR balance >= 0),
  SET (fillfactor = 70);
ALTER TABLE ledger_transfers
  ADD CONSTRAINT ledger_transfers_amount_positive CHECK (amount > 0),
  ADD CONSTRAINT ledger_transfers_two_ends CHECK (debit_account_id <> credit_account_id);
-- Money comes in once, however often the news of it does.
CREATE UNIQUE INDEX ledger_transfers_payment_once ON ledger_transfers (payment_id) WHERE kind = 'PAYMENT';
CREATE UNIQUE INDEX ledger_transfers_refund_once ON ledger_transfers (refund_id, kind) WHERE kind IN ('REFUND', 'PAYOUT', 'LOSS');
CREATE UNIQUE INDEX ledger_transfers_dispute_once ON ledger_transfers (dispute_id, kind) WHERE kind IN ('DISPUTE', 'DISPUTE_WON');

CREATE TRIGGER ledger_transfers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfers
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Balances follow the transfers, whoever writes those, and change in no other way.
CREATE FUNCTION ledger_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  debit ledger_accounts;
  credit ledger_accounts;
BEGIN
  UPDATE ledger_accounts SET balance = balance - NEW.amount WHERE id = NEW.debit_account_id RETURNING * INTO debit;
  UPDATE ledger_accounts SET balance = balance + NEW.amount WHERE id = NEW.credit_account_id RETURNING * INTO credit;
  IF debit.property_id IS DISTINCT FROM credit.property_id OR debit.property_id IS DISTINCT FROM NEW.property_id
    OR debit.currency IS DISTINCT FROM credit.currency THEN
    RAISE EXCEPTION 'a transfer stays in one ledger and one currency (trigger "ledger_transfers_post")'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfers_post';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_transfers_post BEFORE INSERT ON ledger_transfers FOR EACH ROW EXECUTE FUNCTION ledger_post();

CREATE FUNCTION ledger_accounts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.balance = 0 AND NEW.reserved = 0 THEN RETURN NEW; END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    -- Depth 1 is somebody's own UPDATE, depth 2 the one of the trigger above.
    IF (NEW.balance = OLD.balance OR pg_trigger_depth() > 1)
      AND (NEW.property_id, NEW.kind, NEW.currency) = (OLD.property_id, OLD.kind, OLD.currency)
      AND (NEW.customer_id, NEW.booking_id, NEW.method) IS NOT DISTINCT FROM (OLD.customer_id, OLD.booking_id, OLD.method)
    THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'an account changes by transfers only (trigger "ledger_accounts_follow_transfers")'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_accounts_follow_transfers';
END $$;
CREATE TRIGGER ledger_accounts_follow_transfers BEFORE INSERT OR UPDATE OR DELETE ON ledger_accounts
  FOR EACH ROW EXECUTE FUNCTION ledger_accounts_guard();

ALTER TABLE payments
  ADD CONSTRAINT payments_wallet_part_valid CHECK (wallet_amount >= 0 AND (NOT is_wallet_held OR wallet_amount > 0));
ALTER TABLE refunds ADD CONSTRAINT refunds_amounts_valid CHECK (amount > 0 AND uncovered_amount BETWEEN 0 AND amount);
CREATE INDEX refunds_open_index ON refunds (booking_id) WHERE state IN ('PENDING', 'UNKNOWN');
ALTER TABLE disputes ADD CONSTRAINT disputes_amount_positive CHECK (amount > 0);
ALTER TABLE bookings ADD CONSTRAINT bookings_fee_valid CHECK (fee_amount BETWEEN 0 AND total_payable);
-- Who decides next is told by when the authorization lapses.
CREATE INDEX bookings_capture_before_index ON bookings (capture_before) WHERE status = 'PENDING_APPROVAL' AND capture_before IS NOT NULL;
CREATE INDEX bookings_pay_again_index ON bookings (expires_at) WHERE status = 'PENDING_APPROVAL' AND expires_at IS NOT NULL;

ALTER TABLE promos
  ADD CONSTRAINT promos_code_in_capitals CHECK (code = upper(code) AND code <> ''),
  ADD CONSTRAINT promos_value_valid CHECK (value > 0 AND (type <> 'PERCENT' OR value <= 10000) AND min_amount >= 0),
  ADD CONSTRAINT promos_limits_valid CHECK (max_uses > 0 AND max_uses_per_customer > 0),
  ADD CONSTRAINT promos_validity_ordered CHECK (valid_from < valid_until),
  -- A code for one use is used once.
  ADD CONSTRAINT promos_uses_within_limit CHECK (uses >= 0 AND uses <= max_uses);

-- Uses are counted where they are written. The promo's row is locked by the count, so those of one customer are, too.
CREATE FUNCTION promo_uses_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  used promos;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.promo_id, NEW.booking_id, NEW.customer_id) IS DISTINCT FROM (OLD.promo_id, OLD.booking_id, OLD.customer_id) THEN
      RAISE EXCEPTION 'a use belongs to its booking (trigger "promo_uses_counted")'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'promo_uses_counted';
    END IF;
    UPDATE promos SET uses = uses - (OLD.freed_at IS NULL)::int + (NEW.freed_at IS NULL)::int WHERE id = NEW.promo_id;
    IF NEW.freed_at IS NOT NULL THEN RETURN NEW; END IF;
  ELSE
    UPDATE promos SET uses = uses + 1 WHERE id = NEW.promo_id;
  END IF;
  -- A statement of its own, which sees what was committed while the lock was waited for.
  SELECT * INTO used FROM promos WHERE id = NEW.promo_id;
  IF used.max_uses_per_customer <= (
    SELECT count(*) FROM promo_uses
    WHERE promo_id = NEW.promo_id AND customer_id = NEW.customer_id AND freed_at IS NULL AND booking_id <> NEW.booking_id
  ) THEN
    RAISE EXCEPTION 'this customer has used the promo as often as may be (trigger "promo_uses_within_customer_limit")'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'promo_uses_within_customer_limit';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER promo_uses_counted BEFORE INSERT OR UPDATE ON promo_uses FOR EACH ROW EXECUTE FUNCTION promo_uses_count();
CREATE TRIGGER promo_uses_kept BEFORE DELETE OR TRUNCATE ON promo_uses FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A deadline on a request means that it may be paid again until then; those of ended holds mean nothing any more.
UPDATE bookings SET expires_at = NULL WHERE status = 'PENDING_APPROVAL' AND expires_at IS NOT NULL;

-- What was paid and given back before there was a ledger.
INSERT INTO ledgers (property_id) SELECT DISTINCT property_id FROM payments;
INSERT INTO refunds (id, property_id, booking_id, payment_id, amount, currency, destination, state, origin, reason, actor_type, created_at, settled_at)
SELECT gen_random_uuid(), property_id, booking_id, id, refunded_amount, currency,
  (CASE provider WHEN 'STRIPE' THEN 'CARD' ELSE 'MANUAL' END)::refund_destination, 'DONE', 'SYSTEM', 'before the ledger began', 'SYSTEM', created_at, created_at
FROM payments WHERE refunded_amount > 0;
INSERT INTO refunds (id, property_id, booking_id, payment_id, amount, currency, destination, state, origin, reason, actor_type, actor_id, actor_name, request_id, created_at)
SELECT o.id, o.property_id, o.booking_id, o.payment_id, least((o.params ->> 'amount')::bigint, p.amount - p.refunded_amount), p.currency, 'CARD',
  (o.state::text)::refund_state, 'SYSTEM', 'before the ledger began', o.actor_type, o.actor_id, o.actor_name, o.request_id, o.created_at
FROM gateway_operations o JOIN payments p ON p.id = o.payment_id
WHERE o.kind = 'REFUND' AND o.state IN ('PENDING', 'UNKNOWN') AND least((o.params ->> 'amount')::bigint, p.amount - p.refunded_amount) > 0;
UPDATE gateway_operations o SET refund_id = r.id FROM refunds r WHERE r.id = o.id;

INSERT INTO ledger_accounts (id, property_id, kind, currency, booking_id, method)
SELECT gen_random_uuid(), a.* FROM (
  SELECT DISTINCT property_id, 'BOOKING'::ledger_account_kind, currency, booking_id, NULL::payment_method FROM payments
  UNION SELECT DISTINCT property_id, 'GATEWAY'::ledger_account_kind, currency, NULL::uuid, NULL::payment_method FROM payments WHERE provider = 'STRIPE'
  UNION SELECT DISTINCT property_id, 'MANUAL'::ledger_account_kind, currency, NULL::uuid, method FROM payments WHERE provider = 'MANUAL'
  UNION SELECT DISTINCT p.property_id, k.kind, p.currency, NULL::uuid, NULL::payment_method
    FROM payments p, unnest(ARRAY['REVENUE', 'TAX', 'REFUNDS']::ledger_account_kind[]) AS k(kind)
) AS a;
INSERT INTO ledger_transfers (property_id, kind, debit_account_id, credit_account_id, amount, booking_id, payment_id, actor_type, at)
SELECT p.property_id, 'PAYMENT', source.id, target.id, p.amount, p.booking_id, p.id, 'SYSTEM', p.created_at
FROM payments p
JOIN ledger_accounts target ON target.booking_id = p.booking_id
JOIN ledger_accounts source ON source.property_id = p.property_id AND source.currency = p.currency
  AND source.kind = (CASE p.provider WHEN 'STRIPE' THEN 'GATEWAY' ELSE 'MANUAL' END)::ledger_account_kind
  AND source.method IS NOT DISTINCT FROM (CASE p.provider WHEN 'MANUAL' THEN p.method END)
WHERE p.stage IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED') ORDER BY p.created_at, p.id;
INSERT INTO ledger_transfers (property_id, kind, debit_account_id, credit_account_id, amount, booking_id, payment_id, refund_id, actor_type, at)
SELECT r.property_id, 'REFUND', source.id, target.id, r.amount, r.booking_id, r.payment_id, r.id, 'SYSTEM', r.created_at
FROM refunds r
JOIN ledger_accounts source ON source.booking_id = r.booking_id
JOIN ledger_accounts target ON target.property_id = r.property_id AND target.currency = r.currency AND target.kind = 'REFUNDS'
ORDER BY r.created_at, r.id;
INSERT INTO ledger_transfers (property_id, kind, debit_account_id, credit_account_id, amount, booking_id, payment_id, refund_id, actor_type, at)
SELECT r.property_id, 'PAYOUT', source.id, target.id, r.amount, r.booking_id, r.payment_id, r.id, 'SYSTEM', r.created_at
FROM refunds r
JOIN payments p ON p.id = r.payment_id
JOIN ledger_accounts source ON source.property_id = r.property_id AND source.currency = r.currency AND source.kind = 'REFUNDS'
JOIN ledger_accounts target ON target.property_id = r.property_id AND target.currency = r.currency
  AND target.kind = (CASE p.provider WHEN 'STRIPE' THEN 'GATEWAY' ELSE 'MANUAL' END)::ledger_account_kind
  AND target.method IS NOT DISTINCT FROM (CASE p.provider WHEN 'MANUAL' THEN p.method END)
WHERE r.state = 'DONE' ORDER BY r.created_at, r.id;
-- What is left of a booking that has ended is earned: its part of the tax, and the rest.
UPDATE bookings b SET fee_amount = least(a.balance, b.total_payable) FROM ledger_accounts a
WHERE a.booking_id = b.id AND a.balance > 0 AND b.status IN ('DECLINED', 'CANCELLED', 'EXPIRED', 'NO_SHOW');
INSERT INTO ledger_transfers (property_id, kind, debit_account_id, credit_account_id, amount, booking_id, actor_type)
SELECT b.property_id, 'EARNED', source.id, target.id, part.amount, b.id, 'SYSTEM'
FROM bookings b
JOIN ledger_accounts source ON source.booking_id = b.id AND source.balance > 0
CROSS JOIN LATERAL (SELECT round(source.balance * (b.price ->> 'taxAmount')::numeric / greatest(b.total_payable, 1))::bigint AS amount) AS tax
CROSS JOIN LATERAL (VALUES ('TAX'::ledger_account_kind, tax.amount), ('REVENUE'::ledger_account_kind, source.balance - tax.amount)) AS part(kind, amount)
JOIN ledger_accounts target ON target.property_id = b.property_id AND target.currency = source.currency AND target.kind = part.kind
WHERE b.status IN ('COMPLETED', 'DECLINED', 'CANCELLED', 'EXPIRED', 'NO_SHOW') AND part.amount > 0;
