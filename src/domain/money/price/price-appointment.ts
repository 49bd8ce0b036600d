import type { Minor } from '../money.ts';
import { priceCharges } from './price.ts';
import type { Charges, Price } from './price.ts';
import type { PriceLine } from './price-line.ts';

export type ServicePricing = 'PER_BOOKING' | 'PER_PERSON';

export interface AppointmentCharges extends Omit<Charges, 'lines' | 'taxed' | 'nights' | 'persons'> {
  readonly serviceName: string;
  readonly pricing: ServicePricing;
  /** For PER_BOOKING, however many come. */
  readonly price: Minor;
  /** For PER_PERSON. */
  readonly adultPrice: Minor;
  readonly childPrice: Minor;
  /** The service is not done for less; what is missing is a line of its own. The way there comes on top. */
  readonly minimumTotal: Minor;
  readonly adults: number;
  readonly children: number;
  readonly zone: { readonly name: string; readonly fee: Minor } | null;
}

/** The price of an appointment: the service, by booking or by head, its minimum, and the way there. */
export function priceAppointment(charges: AppointmentCharges): Price {
  const { adults, children } = charges;
  const lines = listLines(charges);
  return priceCharges({ ...charges, lines, taxed: [lines], nights: 1, persons: adults + children });
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
