import type { Context } from '../../../context.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { AppError } from '../../../errors.ts';
import { hashToken } from '../../core/secrets/token.ts';

/** How long ended appointments stay in the feed. */
const DAYS_BACK = 30;
/** More than a provider has ahead in the booking window; the earliest come first. */
const MAX_APPOINTMENTS = 2_000;

export interface FeedAppointment {
  readonly code: string;
  readonly status: BookingStatus;
  readonly version: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly updatedAt: Date;
  readonly service: string;
  /** First letter of the guest's first name only: the feed is copied to calendars outside of our control. */
  readonly guestInitial: string | null;
}

export interface ProviderFeed {
  readonly slug: string;
  readonly property: string;
  readonly provider: string;
  readonly appointments: readonly FeedAppointment[];
}

/**
 * Reads a provider's appointments for the bearer of the secret link, in two queries.
 *
 * Cancelled appointments stay in the feed, so that calendars strike them out. Expired holds are left out.
 * Throws: not_found for an unknown or revoked link.
 */
export async function readProviderFeed(ctx: Pick<Context, 'db'>, token: string): Promise<ProviderFeed> {
  const provider = await ctx.db.provider.findUnique({
    where: { calendarTokenHash: hashToken(token) },
    select: { id: true, name: true, property: { select: { slug: true, name: true } } },
  });
  if (provider === null) throw new AppError('not_found', { detail: 'The link is unknown or was revoked.' });
  const appointments = await ctx.db.$queryRaw<FeedAppointment[]>`
    SELECT b.code, b.status, b.version, b.starts_at AS "startsAt", b.ends_at AS "endsAt", b.updated_at AS "updatedAt",
      s.name AS service, left(g.first_name, 1) AS "guestInitial"
    FROM appointments a
    JOIN bookings b ON b.id = a.booking_id
    JOIN services s ON s.id = a.service_id
    LEFT JOIN party_members g ON g.booking_id = b.id AND g.role = 'PRIMARY'
    WHERE a.provider_id = ${provider.id}::uuid AND b.status <> 'EXPIRED'
      AND b.ends_at > (SELECT app_now()) - ${DAYS_BACK} * interval '1 day'
      -- Implied by the line above, because buffers only extend an appointment; this column has an index.
      AND a.occupied_until > (SELECT app_now()) - ${DAYS_BACK} * interval '1 day'
    ORDER BY b.starts_at, b.code
    LIMIT ${MAX_APPOINTMENTS}`;
  const { slug, name: property } = provider.property;
  return { slug, property, provider: provider.name, appointments };
}
