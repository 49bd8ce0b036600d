import { Prisma } from '../../db/client.ts';
import type { Tx } from '../../db/client.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import { spellLocal } from '../../domain/time/wall-time.ts';

/** So many are shown; whoever has more to see to starts with these. */
const MAX_SHOWN = 100;

/** A booking that stays, though it could not be made any more. Plain JSON, so that an answer can be kept. */
export interface StrandedAppointment {
  readonly code: string;
  readonly startsAt: string;
  readonly localStart: string;
  readonly status: BookingStatus;
}

export interface ComingAppointment {
  readonly code: string;
  readonly status: BookingStatus;
  readonly serviceId: string;
  readonly providerId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** With the buffers. */
  readonly occupiedFrom: Date;
  readonly occupiedUntil: Date;
  readonly timezone: string;
}

/** The live appointments of a provider or a service that are still to come, by their start. A hold that is overdue is none. */
export async function listComingAppointments(
  tx: Tx,
  of: { readonly providerId: string } | { readonly serviceId: string },
): Promise<ComingAppointment[]> {
  const isTheirs =
    'providerId' in of
      ? Prisma.sql`a.provider_id = ${of.providerId}::uuid`
      : Prisma.sql`a.service_id = ${of.serviceId}::uuid`;
  return tx.$queryRaw`
    SELECT b.code, b.status::text, a.service_id AS "serviceId", a.provider_id AS "providerId",
      b.starts_at AS "startsAt", b.ends_at AS "endsAt",
      a.occupied_from AS "occupiedFrom", a.occupied_until AS "occupiedUntil", p.timezone
    FROM appointments a
    JOIN bookings b ON b.id = a.booking_id
    JOIN properties p ON p.id = b.property_id
    WHERE ${isTheirs} AND a.is_live AND b.starts_at > (SELECT app_now())
      AND NOT (b.status = 'PENDING_PAYMENT' AND b.expires_at <= (SELECT app_now())
        AND b.payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED'))
    ORDER BY b.starts_at, b.code`;
}

/** The first of those that a change leaves without their place, as they are shown. */
export function listStranded(
  coming: readonly ComingAppointment[],
  isStranded: (appointment: ComingAppointment) => boolean,
): StrandedAppointment[] {
  return coming
    .filter(isStranded)
    .slice(0, MAX_SHOWN)
    .map(({ code, status, startsAt, timezone }) => ({
      ...{ code, startsAt: startsAt.toISOString(), localStart: spellLocal(startsAt, timezone), status },
    }));
}
