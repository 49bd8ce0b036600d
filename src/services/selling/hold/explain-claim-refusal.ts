import type { RequestContext } from '../../../context.ts';
import { UNPAID_CLAIM } from '../../../db/predicates.ts';
import { readSqlError } from '../../../db/connection/sql-error.ts';
import { transaction } from '../../../db/transaction.ts';
import { normalizeEmail } from '../../../domain/person/email.ts';
import type { Contact } from '../../../domain/booking/booking.ts';
import { AppError } from '../../../errors.ts';
import { announce } from '../../core/feed/announce.ts';
import { findPhoneFingerprints } from '../../core/secrets/phone-fingerprints.ts';
import { findClaimingNetwork } from './find-claiming-network.ts';

interface Refused {
  readonly property: { readonly slug: string } | { readonly id: string };
  /** Contact of the booking; null where the booking exists already. */
  readonly person: Pick<Contact, 'email' | 'phone'> | null;
}

interface OpenHolds {
  readonly propertyId: string;
  readonly limit: number;
  readonly phone: string | null;
  readonly endsAt: Date | null;
  readonly endsAtWallTime: string | null;
}

/**
 * Adds to the database's refusal of an unpaid claim what the caller can do and when the next hold ends.
 *
 * Notifies the property's staff, once an hour, when a network has reached its share. Returns: any other error unchanged.
 */
export async function explainClaimRefusal(ctx: RequestContext, error: unknown, refused: Refused): Promise<unknown> {
  const constraint = error instanceof AppError ? readSqlError(error.content.cause)?.constraint : null;
  const isShare = constraint === 'unpaid_claims_within_share';
  if (!isShare && constraint !== 'unpaid_holds_within_limit') return error;
  const holds = await findOpenHolds(ctx, { ...refused, isShare });
  if (holds === null) return error;
  if (isShare) await notifyStaff(ctx, holds.propertyId);
  const { limit, endsAt } = holds;
  const extra = { nextEndsAt: endsAt?.toISOString() ?? null, ...(!isShare && { maxOpenHolds: limit }) };
  return new AppError('too_many_holds', { detail: describe(holds, isShare), extra, cause: error });
}

function describe({ limit, phone, endsAtWallTime }: OpenHolds, isShare: boolean): string {
  const next = endsAtWallTime === null ? '' : ` The next of them ends at ${endsAtWallTime}.`;
  if (!isShare) {
    return (
      `At most ${String(limit)} unpaid bookings may be held for one e-mail address or telephone number.${next} ` +
      'Pay for one of them, cancel one, or wait until one ends.'
    );
  }
  const call = phone === null ? 'contact the property' : `call ${phone}`;
  return `Unpaid bookings from your network already take all that they may.${next} Pay for one of them, or ${call}.`;
}

/** Finds when the next unpaid hold of the person, or of the network, ends. */
async function findOpenHolds(
  ctx: RequestContext,
  { property, person, isShare }: Refused & { readonly isShare: boolean },
): Promise<OpenHolds | null> {
  const at = await ctx.db.property.findFirst({ where: property, select: { id: true, timezone: true } });
  if (at === null) return null;
  const keys = ctx.config.ENCRYPTION_KEY;
  const network = isShare ? (findClaimingNetwork(ctx)?.hash ?? null) : null;
  const email = isShare || !person?.email ? null : normalizeEmail(person.email);
  const phones = isShare || !person?.phone ? [] : findPhoneFingerprints(keys, person.phone, at.timezone);
  const rows = await ctx.db.$queryRaw<OpenHolds[]>`
    SELECT p.id AS "propertyId", p.max_open_holds AS limit, p.phone, next.ends_at AS "endsAt",
      to_char(next.ends_at AT TIME ZONE p.timezone, 'HH24:MI') AS "endsAtWallTime"
    FROM properties p CROSS JOIN LATERAL (
      SELECT min(b.expires_at) AS ends_at
      FROM booking_claims k JOIN bookings b ON b.id = k.booking_id JOIN customers c ON c.id = k.customer_id
      WHERE k.property_id = p.id AND b.status = 'PENDING_PAYMENT' AND ${UNPAID_CLAIM}
        AND (k.network_hash = ${network}::text OR c.email_normalized = ${email}::text OR k.phone_hash = ANY(${phones}))
    ) AS next
    WHERE p.id = ${at.id}::uuid`;
  return rows[0] ?? null;
}

/** Announces that a network has reached its share, at most once an hour per property. */
async function notifyStaff(ctx: RequestContext, propertyId: string): Promise<void> {
  const event = 'UNPAID_CLAIMS_LIMITED';
  ctx.log.warn({ event, propertyId, requestId: ctx.request.id }, event);
  await transaction(ctx, async (tx) => {
    const rows = await tx.$queryRaw<{ isDue: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(hashtextextended('unpaid claims limited ' || ${propertyId}::text, 0))
        AND NOT EXISTS (
          SELECT FROM outbox_messages o WHERE o.property_id = ${propertyId}::uuid AND o.type = 'unpaid_claims_limited'
            AND o.occurred_at > app_now() - interval '1 hour') AS "isDue"`;
    if (rows[0]?.isDue === true) await announce(tx, { propertyId, type: 'unpaid_claims_limited', data: {} });
  });
}
