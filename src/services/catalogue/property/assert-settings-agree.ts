import type { Property, Tx } from '../../../db/client.ts';
import { isNeverBookable } from '../../../domain/availability/booking-window.ts';
import { assertChargeable } from '../../../domain/money/charge.ts';
import type { DepositPolicy } from '../../../domain/money/price/price.ts';
import { AppError } from '../../../errors.ts';

type Terms = Pick<Property, 'id' | 'checkInTime' | 'checkOutTime' | 'minNoticeMinutes' | 'bookingWindowDays'>;

/**
 * Refuses changed settings of a property that contradict each other, or its services' own.
 *
 * What was contradictory before and is not touched passes, so that other settings can be changed.
 * Throws: validation_failed.
 */
export async function assertSettingsAgree(
  tx: Tx,
  property: Terms,
  isChanged: (setting: keyof Terms) => boolean,
): Promise<void> {
  const { checkInTime, checkOutTime, bookingWindowDays } = property;
  if ((isChanged('checkInTime') || isChanged('checkOutTime')) && checkInTime < checkOutTime) {
    refuse('checkInTime', `must not be before checkOutTime, ${checkOutTime}: the room is still in use until then`);
  }
  if (!isChanged('minNoticeMinutes') && !isChanged('bookingWindowDays')) return;
  if (isNeverBookable(property)) {
    refuse('minNoticeMinutes', `must be less than the booking window of ${sayDays(bookingWindowDays)}`);
  }
  const services = await tx.service.findMany({
    where: { propertyId: property.id, isActive: true },
    select: { code: true, minNoticeMinutes: true, bookingWindowDays: true },
    orderBy: { code: 'asc' },
  });
  for (const service of services) {
    if (!isNeverBookable(withDefaults(service, property))) continue;
    const path = service.minNoticeMinutes === null ? 'minNoticeMinutes' : 'bookingWindowDays';
    refuse(path, `leaves no time in which ${service.code} could be booked`);
  }
}

/** Refuses a changed, fixed deposit that no card could be charged in the property's currency. Throws: validation_failed. */
export function assertDepositChargeable(
  { currency, depositPolicy }: Pick<Property, 'currency' | 'depositPolicy'>,
  changes: { readonly depositPolicy?: unknown },
): void {
  const { type, value } = depositPolicy as unknown as DepositPolicy;
  if (changes.depositPolicy === undefined || type !== 'FIXED') return;
  assertChargeable(currency, { 'depositPolicy.value': value });
}

interface ServiceTerms {
  readonly minNoticeMinutes: number | null;
  readonly bookingWindowDays: number | null;
}

/** Refuses a service's notice as long as its booking window; the property's apply where it has none. */
export function assertServiceBookable(
  service: ServiceTerms,
  property: Pick<Terms, 'minNoticeMinutes' | 'bookingWindowDays'>,
): void {
  const terms = withDefaults(service, property);
  if (!isNeverBookable(terms)) return;
  const path = service.minNoticeMinutes === null ? 'bookingWindowDays' : 'minNoticeMinutes';
  const window = sayDays(terms.bookingWindowDays);
  refuse(path, `leaves nothing to book: the notice must be less than the booking window of ${window}`);
}

function withDefaults(service: ServiceTerms, property: Pick<Terms, 'minNoticeMinutes' | 'bookingWindowDays'>) {
  return {
    minNoticeMinutes: service.minNoticeMinutes ?? property.minNoticeMinutes,
    bookingWindowDays: service.bookingWindowDays ?? property.bookingWindowDays,
  };
}

function sayDays(days: number): string {
  return days === 1 ? 'one day' : `${String(days)} days`;
}

function refuse(path: string, message: string): never {
  throw new AppError('validation_failed', { errors: [{ path, message }] });
}
