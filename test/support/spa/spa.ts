import { randomUUID } from 'node:crypto';
import type { Answer, TestApp } from '../server/app.ts';
import { openDesk } from '../hotel/desk.ts';
import type { Desk } from '../hotel/desk.ts';
import { insertRow } from '../database/rows.ts';
import type { Row } from '../database/rows.ts';

/** A spa of one's own in Chicago: ANNA does FACIAL (60 minutes, 15 after) and PEEL, BEN does FACIAL; no hours yet. */
export interface Spa extends Desk {
  /** A booking of FACIAL with ANNA by a stranger to the application, an hour long. Answers its code. */
  appoint(
    startsAt: string,
    overrides?: { service?: string; provider?: string; booking?: Row; row?: Row },
  ): Promise<string>;
  putHours(hours: object, headers?: Record<string, string>): Promise<Answer>;
}

export const DRY_RUN = { prefer: 'dry-run' };
const HOUR_MS = 3_600_000;
const AFTER_MS = 15 * 60_000;

export async function openSpa(t: TestApp): Promise<Spa> {
  const desk = await openDesk(t, { property: { timezone: 'America/Chicago', currency: 'USD', paymentPolicy: 'NONE' } });
  const { propertyId } = desk.hotel;
  const facial = { code: 'FACIAL', name: 'Facial', durationMinutes: 60, bufferAfterMinutes: 15, price: 12_000 };
  await desk.call('POST', '/services', { body: facial });
  await desk.call('POST', '/services', { body: { ...facial, code: 'PEEL', name: 'Peel' } });
  await desk.call('POST', '/providers', { body: { code: 'ANNA', name: 'Anna', services: ['FACIAL', 'PEEL'] } });
  await desk.call('POST', '/providers', { body: { code: 'BEN', name: 'Ben', services: ['FACIAL'] } });
  const customerId = await insertRow(t.database, 'customers', {
    id: randomUUID(),
    property_id: propertyId,
    email_normalized: 'aoife@example.com',
    email: 'aoife@example.com',
    first_name: 'Aoife',
    last_name: 'Byrne',
  });
  const idOf = async (table: string, code: string) => {
    const found = `SELECT id FROM ${table} WHERE property_id = $1 AND code = $2`;
    const [row] = await t.database.sql<{ id: string }>(found, [propertyId, code]);
    return row?.id;
  };
  return {
    ...desk,
    putHours: (body, headers = {}) => desk.call('PUT', '/providers/ANNA/hours', { body, headers }),
    appoint: async (startsAt, { service = 'FACIAL', provider = 'ANNA', booking = {}, row = {} } = {}) => {
      const start = Date.parse(startsAt);
      const times = { starts_at: new Date(start), ends_at: new Date(start + HOUR_MS) };
      const code = `BK-TEST-${randomUUID()}`;
      const id = await insertRow(t.database, 'bookings', {
        id: randomUUID(),
        property_id: propertyId,
        customer_id: customerId,
        code,
        kind: 'APPOINTMENT',
        status: 'CONFIRMED',
        source: 'IMPORT',
        price: '{}',
        currency: 'USD',
        approval: 'AUTOMATIC',
        total_payable: 12_000,
        deposit_due: 0,
        created_at: new Date(),
        updated_at: new Date(),
        ...times,
        ...booking,
      });
      await insertRow(t.database, 'appointments', {
        booking_id: id,
        adults: 1,
        children: 0,
        service_id: await idOf('services', service),
        provider_id: await idOf('providers', provider),
        occupied_from: times.starts_at,
        occupied_until: new Date(start + HOUR_MS + AFTER_MS),
        ...row,
      });
      return code;
    },
  };
}

/** Every weekday, at these times. */
export function everyDay(from: string, to: string): object[] {
  return [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from, to }));
}

/** The codes an answer lists as stranded. */
export function strandedCodes({ body }: Answer): string[] {
  return body.strandedAppointments.map(({ code }: { code: string }) => code);
}
