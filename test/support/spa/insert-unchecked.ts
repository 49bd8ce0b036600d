import { randomUUID } from 'node:crypto';
import { addDays } from '../../../src/domain/time/calendar.ts';
import type { TestDatabase } from '../database/database.ts';
import { insertRow, refusalOf } from '../database/rows.ts';
import { NOW, TODAY } from './build-spa.ts';
import type { TestSpa } from './build-spa.ts';

const TOMORROW = addDays(TODAY, 1);

/**
 * Inserts an appointment's rows by plain SQL, without any check of the application, and takes them out again.
 *
 * `from` and `until` are wall times of tomorrow in Chicago. Returns: `accepted`, or the constraint that refused.
 */
export async function insertUnchecked(
  database: TestDatabase,
  spa: TestSpa,
  { from, until, row }: { readonly from: string; readonly until: string; readonly row: object },
): Promise<string> {
  const { propertyId: property_id } = spa;
  const customerId = await insertRow(database, 'customers', {
    id: randomUUID(),
    property_id,
    email_normalized: `${randomUUID()}@example.com`,
    email: 'aoife@example.com',
    first_name: 'Aoife',
    last_name: 'Byrne',
  });
  const bookingId = await insertRow(database, 'bookings', {
    id: randomUUID(),
    property_id,
    customer_id: customerId,
    code: `BK-TEST-${randomUUID()}`,
    kind: 'APPOINTMENT',
    status: 'CONFIRMED',
    source: 'IMPORT',
    price: '{}',
    currency: 'USD',
    approval: 'AUTOMATIC',
    total_payable: 0,
    deposit_due: 0,
    created_at: NOW,
    updated_at: NOW,
    starts_at: `${TOMORROW}T${from}-06:00`,
    ends_at: `${TOMORROW}T${until}-06:00`,
  });
  const appointment = {
    booking_id: bookingId,
    service_id: spa.serviceIds['FACIAL'],
    provider_id: spa.providerIds['DANIELLE'],
    occupied_from: `${TOMORROW}T${from}-06:00`,
    occupied_until: `${TOMORROW}T${until}-06:00`,
    adults: 1,
    children: 0,
    ...row,
  };
  const answer = await refusalOf(insertRow(database, 'appointments', appointment));
  await database.sql('DELETE FROM appointments WHERE booking_id = $1', [bookingId]);
  await database.sql('DELETE FROM bookings WHERE id = $1', [bookingId]);
  return answer;
}
