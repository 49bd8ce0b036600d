import { z } from 'zod';
import { Prisma } from '../../../db/client.ts';
import type { Tx } from '../../../db/client.ts';
import { liveAppointment, NOW } from '../../../db/predicates.ts';
import { BOOKING_STATUSES } from '../../../domain/booking-status.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { formatLocal } from '../../../domain/time/wall-time.ts';

/** The displaced appointments returned, the earliest first; a change rarely displaces more. */
const MAX_SHOWN = 100;

/** An appointment that a change of the catalogue leaves outside of hours, service or provider. */
export const displacedAppointment = z
  .object({ code: z.string(), startsAt: z.string(), localStart: z.string(), status: z.enum(BOOKING_STATUSES) })
  .readonly();
export type DisplacedAppointment = z.output<typeof displacedAppointment>;

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

/** Lists the coming live appointments of a provider or a service, by start, without overdue holds. */
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
    WHERE ${isTheirs} AND ${liveAppointment()} AND b.starts_at > ${NOW}
    ORDER BY b.starts_at, b.code`;
}

/** Lists the first appointments that a change displaces. */
export function listDisplaced(
  coming: readonly ComingAppointment[],
  isDisplaced: (appointment: ComingAppointment) => boolean,
): DisplacedAppointment[] {
  return coming
    .filter(isDisplaced)
    .slice(0, MAX_SHOWN)
    .map(({ code, status, startsAt, timezone }) => ({
      code,
      startsAt: startsAt.toISOString(),
      localStart: formatLocal(startsAt, timezone),
      status,
    }));
}
