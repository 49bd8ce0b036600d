import type { Context } from '../../../context.ts';
import type { Capability } from '../../../domain/access/capabilities.ts';
import { AppError } from '../../../errors.ts';
import { hashToken } from '../../core/secrets/token.ts';

export interface GuestAccess {
  readonly tokenId: string;
  readonly bookingId: string;
  readonly bookingCode: string;
  readonly propertyId: string;
  readonly propertySlug: string;
  readonly capabilities: readonly Capability[];
}

/**
 * Finds the booking and capabilities of a guest's link.
 *
 * Throws: unauthorized when the token is unknown, revoked or expired.
 */
export async function authenticateGuest(ctx: Pick<Context, 'db'>, token: string): Promise<GuestAccess> {
  const rows = await ctx.db.$queryRaw<GuestAccess[]>`
    SELECT t.id AS "tokenId", b.id AS "bookingId", b.code AS "bookingCode", b.property_id AS "propertyId",
      p.slug AS "propertySlug", t.capabilities
    FROM guest_tokens t JOIN bookings b ON b.id = t.booking_id JOIN properties p ON p.id = b.property_id
    WHERE t.token_hash = ${hashToken(token)} AND t.revoked_at IS NULL AND t.expires_at > app_now()`;
  const access = rows[0];
  if (access === undefined) throw new AppError('unauthorized', { detail: 'This link is not valid, or has expired.' });
  return access;
}
