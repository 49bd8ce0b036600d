import type { BookingSource, BookingSnapshot } from '../../domain/booking/booking.ts';
import type { ActorType, BookingKind, FirstStatus } from '../../domain/booking-status.ts';
import type { OutboxDraft } from '../../domain/feed/events.ts';
import type { Promo } from '../../domain/money/price/price.ts';
import { Prisma } from '../client.ts';

/** A complete booking to insert. The statement only checks that the nights or the time are free. */
export interface BookingRow<Place> {
  readonly id: string;
  readonly property_id: string;
  readonly code: string;
  readonly kind: BookingKind;
  readonly status: FirstStatus;
  /** The property's setting when the booking was made. */
  readonly approval: 'STAFF' | 'AUTOMATIC';
  readonly source: BookingSource;
  readonly price: BookingSnapshot['price'];
  readonly currency: string;
  readonly total_payable: number;
  readonly deposit_due: number;
  readonly waived_amount: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly expires_at: string | null;
  readonly confirmed_at: string | null;
  readonly created_at: string;
  readonly booker_sealed: string | null;
  readonly special_requests: string | null;
  /** The nights, or the provider's time. */
  readonly place: Place;
  readonly customer: {
    readonly id: string;
    /** The row exists: a customer found by telephone. */
    readonly is_known: boolean;
    /** Null for a customer without an e-mail address, whom the telephone identifies. */
    readonly email_normalized: string | null;
    readonly first_name: string;
    readonly last_name: string;
    readonly email: string | null;
    readonly phone_sealed: string | null;
    readonly phone_hash: string | null;
  };
  readonly party: readonly {
    readonly role: string;
    readonly first_name: string;
    readonly last_name: string;
    readonly email: string | null;
    readonly phone_sealed: string | null;
    readonly phone_hash: string | null;
    readonly is_staying: boolean;
  }[];
  readonly guest_token: {
    readonly id: string;
    readonly token_hash: string;
    readonly capabilities: readonly string[];
    readonly expires_at: string;
  };
  readonly event: {
    readonly actor_type: ActorType;
    readonly actor_id: string | null;
    readonly actor_name: string | null;
    readonly request_id: string | null;
  };
  readonly outbox: readonly OutboxDraft[];
  /** Whose claim an unpaid booking is; null when no limit applies. The database refuses a claim beyond a limit. */
  readonly claim: {
    readonly phone_hash: string | null;
    readonly network_hash: string | null;
    readonly network_share: number;
  } | null;
  /** Promo that the booking redeems. */
  readonly promo_use: { readonly promo_id: string; readonly type: Promo['type']; readonly value: number } | null;
  readonly idempotency: {
    readonly scope: string;
    readonly key: string;
    readonly request_sealed: string;
    readonly answer_sealed: string;
  } | null;
}

export interface InsertOutcome {
  /** Null when nothing was written: the key is busy or used, or the place is taken. */
  readonly customerId: string | null;
  /** The first request with this key is still running. */
  readonly isKeyBusy: boolean;
  /** Id of the `availability_changed` event; null when nothing was written. */
  readonly takenEventId: string | null;
  /** Stored response of the first request with this key. */
  readonly earlier: {
    /** Unkeyed hash of a release before; null since. */
    readonly requestHash: string | null;
    readonly requestSealed: string | null;
    readonly answerSealed: string;
  } | null;
}

/** Builds the first part of the statement: the input row as `go`, empty when the key is busy or used. */
export function buildInput(row: BookingRow<unknown>): Prisma.Sql {
  return Prisma.sql`
    input AS MATERIALIZED (
      SELECT b.*, b.customer AS who, b.guest_token AS token, b.idempotency ->> 'scope' AS key_scope, b.idempotency ->> 'key' AS key
      FROM jsonb_to_record(${JSON.stringify(row)}::jsonb) AS b(
        id uuid, property_id uuid, code text, kind booking_kind, status booking_status, approval approval, source booking_source, price jsonb,
        currency text, total_payable bigint, deposit_due bigint, waived_amount bigint, starts_at timestamptz, ends_at timestamptz,
        expires_at timestamptz, confirmed_at timestamptz, created_at timestamptz, booker_sealed text, special_requests text,
        place jsonb, customer jsonb, party jsonb, guest_token jsonb, event jsonb, outbox jsonb, claim jsonb, idempotency jsonb)
    ), key_lock AS MATERIALIZED (
      SELECT key IS NULL OR pg_try_advisory_xact_lock(hashtextextended(key_scope || ' ' || key, 0)) AS is_mine FROM input
    ), earlier AS MATERIALIZED (
      SELECT k.request_hash, k.request_sealed, k.answer_sealed FROM idempotency_keys k, input WHERE k.scope = input.key_scope AND k.key = input.key
    ), go AS MATERIALIZED (
      SELECT input.* FROM input, key_lock WHERE key_lock.is_mine AND NOT EXISTS (SELECT FROM earlier)
    )`;
}

const INSERT_CUSTOMER = Prisma.sql`
      INSERT INTO customers (id, property_id, email_normalized, first_name, last_name, email, phone_sealed, phone_hash, last_booked_at)
      SELECT (who ->> 'id')::uuid, property_id, who ->> 'email_normalized', who ->> 'first_name', who ->> 'last_name',
        who ->> 'email', who ->> 'phone_sealed', who ->> 'phone_hash', created_at FROM ok`;

/** The customer of an e-mail address, who may have a new telephone number. */
const CUSTOMER_BY_EMAIL = Prisma.sql`${INSERT_CUSTOMER}
      ON CONFLICT (property_id, email_normalized) DO UPDATE SET last_booked_at = EXCLUDED.last_booked_at,
        phone_sealed = coalesce(EXCLUDED.phone_sealed, customers.phone_sealed),
        phone_hash = coalesce(EXCLUDED.phone_hash, customers.phone_hash)`;

/** A new customer without an e-mail address, unless another request with the telephone number has just made one. */
const CUSTOMER_BY_PHONE = Prisma.sql`${INSERT_CUSTOMER}
      ON CONFLICT (property_id, phone_hash) WHERE email_normalized IS NULL DO UPDATE SET last_booked_at = EXCLUDED.last_booked_at`;

/** A customer that was found by telephone. */
const KNOWN_CUSTOMER = Prisma.sql`${INSERT_CUSTOMER}
      ON CONFLICT (id) DO UPDATE SET last_booked_at = EXCLUDED.last_booked_at`;

const toRows = (customer: Prisma.Sql) => Prisma.sql`
    new_customer AS (${customer}
      RETURNING id
    ), new_booking AS (
      INSERT INTO bookings (id, property_id, customer_id, code, kind, status, approval, source, price, currency, total_payable,
        deposit_due, waived_amount, starts_at, ends_at, expires_at, confirmed_at, reserved_at, booker_sealed,
        special_requests, created_at, updated_at, cancellation_policy, hold_minutes)
      SELECT ok.id, ok.property_id, c.id, ok.code, ok.kind, ok.status, ok.approval, ok.source, ok.price, ok.currency, ok.total_payable,
        ok.deposit_due, ok.waived_amount, ok.starts_at, ok.ends_at, ok.expires_at, ok.confirmed_at, ok.created_at,
        ok.booker_sealed, ok.special_requests, ok.created_at, ok.created_at, p.cancellation_policy, p.hold_minutes
      FROM ok, new_customer c, properties p WHERE p.id = ok.property_id
    ), new_party AS (
      INSERT INTO party_members (booking_id, role, first_name, last_name, email, phone_sealed, phone_hash, is_staying)
      SELECT ok.id, p.role, p.first_name, p.last_name, p.email, p.phone_sealed, p.phone_hash, p.is_staying
      FROM ok, jsonb_to_recordset(ok.party) AS p(role party_role, first_name text, last_name text, email text,
        phone_sealed text, phone_hash text, is_staying boolean)
    ), new_token AS (
      INSERT INTO guest_tokens (id, booking_id, token_hash, capabilities, expires_at)
      SELECT (token ->> 'id')::uuid, id, token ->> 'token_hash',
        ARRAY(SELECT jsonb_array_elements_text(token -> 'capabilities')), (token ->> 'expires_at')::timestamptz FROM ok
    ), new_event AS (
      INSERT INTO booking_events (booking_id, actor_type, actor_id, actor_name, action, to_status, request_id)
      SELECT id, (event ->> 'actor_type')::actor_type, event ->> 'actor_id', event ->> 'actor_name', 'create', status,
        event ->> 'request_id' FROM ok
    ), new_claim AS (
      INSERT INTO booking_claims (booking_id, property_id, customer_id, phone_hash, network_hash, network_share)
      SELECT ok.id, ok.property_id, c.id, claim ->> 'phone_hash', claim ->> 'network_hash', (claim ->> 'network_share')::float8
      FROM ok, new_customer c WHERE jsonb_typeof(claim) = 'object'
    ), new_outbox AS (
      INSERT INTO outbox_messages (property_id, booking_id, type, data)
      SELECT ok.property_id, ok.id, o.type, o.data FROM ok, jsonb_to_recordset(ok.outbox) AS o(type text, data jsonb)
      RETURNING id, type
    ), new_key AS (
      INSERT INTO idempotency_keys (scope, key, request_sealed, answer_sealed)
      SELECT key_scope, key, idempotency ->> 'request_sealed', idempotency ->> 'answer_sealed' FROM ok WHERE key IS NOT NULL
    )`;

const SELECT_OUTCOME = Prisma.sql`
    SELECT (SELECT id FROM new_customer) AS customer_id,
      (SELECT id::text FROM new_outbox WHERE type = 'availability_changed') AS taken_event_id,
      NOT (SELECT is_mine FROM key_lock) AS is_key_busy,
      (SELECT request_hash FROM earlier) AS request_hash,
      (SELECT request_sealed FROM earlier) AS request_sealed,
      (SELECT answer_sealed FROM earlier) AS answer_sealed`;

/** The statements, built once: most bookings have the same text. */
const [BY_EMAIL, BY_PHONE, KNOWN] = [CUSTOMER_BY_EMAIL, CUSTOMER_BY_PHONE, KNOWN_CUSTOMER].map((customer) => {
  const rows = toRows(customer);
  return { rows, whole: Prisma.sql`${rows}${SELECT_OUTCOME}` };
}) as [Statement, Statement, Statement];

/**
 * Builds the last part of the statement: writes the booking in `ok`, which has a place, and selects the outcome.
 *
 * A booking with a promo takes a separate statement, so that other bookings don't pay for the redemption.
 * Locks: the promo, after the nights or the provider, by the trigger that counts redemptions. A redemption beyond the
 * limit fails the whole statement.
 */
export function writeBooking({ promo_use: use, customer }: BookingRow<unknown>): Prisma.Sql {
  const { rows, whole } = chooseStatement(customer);
  if (use === null) return whole;
  return Prisma.sql`${rows}, new_promo_use AS (
      INSERT INTO promo_uses (booking_id, promo_id, customer_id, type, value)
      SELECT ok.id, ${use.promo_id}::uuid, c.id, ${use.type}::promo_type, ${use.value}::bigint FROM ok, new_customer c
    )${SELECT_OUTCOME}`;
}

interface Statement {
  readonly rows: Prisma.Sql;
  readonly whole: Prisma.Sql;
}

function chooseStatement(customer: BookingRow<unknown>['customer']): Statement {
  if (customer.is_known) return KNOWN;
  return customer.email_normalized === null ? BY_PHONE : BY_EMAIL;
}

export interface OutcomeRow {
  readonly customer_id: string | null;
  readonly taken_event_id: string | null;
  readonly is_key_busy: boolean;
  readonly request_hash: string | null;
  readonly request_sealed: string | null;
  readonly answer_sealed: string | null;
}

/** Converts the statement's single row to an outcome. */
export function readOutcome(rows: readonly OutcomeRow[]): InsertOutcome {
  const outcome = rows[0];
  if (outcome === undefined) throw new Error('Bug: the booking statement returned no row');
  const { request_hash: requestHash, request_sealed: requestSealed, answer_sealed: answerSealed } = outcome;
  return {
    customerId: outcome.customer_id,
    takenEventId: outcome.taken_event_id,
    isKeyBusy: outcome.is_key_busy,
    earlier: answerSealed === null ? null : { requestHash, requestSealed, answerSealed },
  };
}
