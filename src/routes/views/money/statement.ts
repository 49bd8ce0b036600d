import { z } from 'zod';
import { PAYMENT_METHODS, shareDeposit } from '../../../domain/booking.ts';
import type { BookingSnapshot } from '../../../domain/booking.ts';
import { drawStatement } from '../../../domain/money/statement.ts';
import type { BookingTransfer } from '../../../services/booking/list/list-booking-transfers.ts';
import { exampleBooking } from '../booking/booking-example.ts';
import { priceView, viewPrice } from '../booking/price.ts';

const instant = z.string();

const entry = z.object({
  at: instant,
  kind: z.enum(['PAYMENT', 'REFUND']),
  method: z.enum(PAYMENT_METHODS),
  amount: z.int().describe('Below zero for what went back.'),
  state: z.enum(['DONE', 'PENDING']).describe('PENDING counts in no sum yet.'),
  reference: z.string().nullable(),
});

const receiptShape = z.object({
  code: z.string(),
  property: z.object({ slug: z.string(), name: z.string(), timezone: z.string(), phone: z.string().nullable() }),
  guest: z.object({ firstName: z.string(), lastName: z.string() }),
  issuedAt: instant,
  currency: z.string(),
  price: priceView,
  entries: z.array(entry),
  paid: z.int(),
  refunded: z.int(),
  waived: z.int(),
  fee: z.int().describe('What was kept when the booking ended before its time.'),
  balanceDue: z.int(),
});

const example = {
  code: 'BK-2027-0042',
  property: { slug: 'harbour-hotel', name: 'Harbour Hotel', timezone: 'Europe/Dublin', phone: '+353 1 555 0100' },
  guest: { firstName: 'Ada', lastName: 'Byrne' },
  issuedAt: '2027-05-03T10:00:00.000Z',
  currency: 'EUR',
  price: exampleBooking.price,
  entries: [
    {
      ...{ at: '2027-05-01T09:02:00.000Z', kind: 'PAYMENT' as const, method: 'CARD' as const, amount: 28_900 },
      ...{ state: 'DONE' as const, reference: 'pi_…4242' },
    },
  ],
  ...{ paid: 28_900, refunded: 0, waived: 0, fee: 0, balanceDue: 0 },
};

/** What the guest has of it: lines, taxes, what was paid and given back. */
export const receiptView = receiptShape.meta({ examples: [example] });

/** The same for staff, with what the ledger has. */
export const statementView = receiptShape
  .extend({
    transfers: z.array(
      z.object({
        at: instant,
        kind: z.string(),
        from: z.string(),
        to: z.string(),
        method: z.enum(PAYMENT_METHODS).nullable(),
        amount: z.int(),
      }),
    ),
  })
  .meta({
    examples: [
      {
        ...example,
        transfers: [
          {
            ...{ at: '2027-05-01T09:02:00.000Z', kind: 'PAYMENT', from: 'GATEWAY', to: 'BOOKING' },
            ...{ method: null, amount: 28_900 },
          },
        ],
      },
    ],
  });

/** What staff have noted of a payment or a refund is theirs; the gateway's own word for it is the guest's as well. */
export function viewReceipt(booking: BookingSnapshot): z.output<typeof receiptView> {
  const { entries, ...account } = viewAccount(booking);
  const toGuest = (one: (typeof entries)[number]) =>
    one.kind === 'PAYMENT' && one.method === 'CARD' ? one : { ...one, reference: null };
  return { ...account, entries: entries.map(toGuest) };
}

function viewAccount(booking: BookingSnapshot): z.output<typeof receiptView> {
  const primary = booking.party.find(({ role }) => role === 'PRIMARY');
  const { firstName = '', lastName = '' } = booking.booker ?? primary ?? {};
  const { entries, ...sums } = drawStatement(booking);
  return {
    ...{ code: booking.code, property: booking.property, guest: { firstName, lastName }, issuedAt: booking.readAt },
    ...{
      currency: booking.price.currency,
      price: viewPrice({ ...booking.price, ...shareDeposit(booking) }),
      entries: [...entries],
      ...sums,
    },
  };
}

export function viewStatement(
  booking: BookingSnapshot,
  transfers: readonly BookingTransfer[],
): z.output<typeof statementView> {
  return {
    ...viewAccount(booking),
    transfers: transfers.map(({ at, ...transfer }) => ({ at: at.toISOString(), ...transfer })),
  };
}
