import type { Minor } from '../money.ts';
import { priceCharges } from './price.ts';
import type { Charges, Price } from './price.ts';
import type { PlainDate } from '../../time/calendar.ts';
import type { PriceLine } from './price-line.ts';

export type ServicePricing = 'PER_BOOKING' | 'PER_PERSON';

export interface AppointmentCharges extends Omit<Charges, 'lines' | 'taxableItems'> {
  readonly serviceName: string;
  /** Date of the start in the property's zone. */
  readonly date: PlainDate;
  readonly pricing: ServicePricing;
  /** For PER_BOOKING, independent of the number of persons. */
  readonly price: Minor;
  /** For PER_PERSON. */
  readonly adultPrice: Minor;
  readonly childPrice: Minor;
  /** Minimum charge, without the travel fee. A line of kind MINIMUM adds the difference. */
  readonly minimumTotal: Minor;
  readonly zone: { readonly name: string; readonly fee: Minor } | null;
}

/** Prices an appointment: the service per booking or per person, the minimum charge and the travel fee. */
export function priceAppointment(charges: AppointmentCharges): Price {
  const lines = listLines(charges);
  return priceCharges({ ...charges, lines, taxableItems: [{ date: charges.date, amounts: lines }] });
}

function listLines(charges: AppointmentCharges): PriceLine[] {
  const { serviceName, zone } = charges;
  const service =
    charges.pricing === 'PER_BOOKING'
      ? [line('SERVICE', serviceName, 1, charges.price)]
      : [
          line('ADULT', `${serviceName}, per adult`, charges.adults, charges.adultPrice),
          line('CHILD', `${serviceName}, per child`, charges.children, charges.childPrice),
        ];
  const missing = charges.minimumTotal - service.reduce((total, { amount }) => total + amount, 0);
  return [
    ...service.filter(({ quantity }) => quantity > 0),
    ...(missing > 0 ? [line('MINIMUM', 'Up to the minimum', 1, missing)] : []),
    ...(zone !== null && zone.fee > 0 ? [line('TRAVEL', `Travel, ${zone.name}`, 1, zone.fee)] : []),
  ];
}

function line(kind: PriceLine['kind'], label: string, quantity: number, unitAmount: Minor): PriceLine {
  return { kind, label, quantity, unitAmount, amount: quantity * unitAmount };
}
