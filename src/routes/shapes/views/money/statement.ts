import { z } from 'zod';
import { PAYMENT_METHODS, splitDeposit } from '../../../../domain/booking/booking.ts';
import type { BookingSnapshot } from '../../../../domain/booking/booking.ts';
import { BOOKING_STATUSES } from '../../../../domain/booking-status.ts';
import { buildStatement } from '../../../../domain/booking/statement.ts';
import type { BookingTransfer } from '../../../../services/desk/list/list-booking-transfers.ts';
import { exampleBooking } from '../booking/booking-example.ts';
import { priceView, viewPrice } from '../booking/price.ts';

const instant = z.string();

const entry = z.object({
  at: instant,
  kind: z.enum(['PAYMENT', 'REFUND']),
  method: z.enum(PAYMENT_METHODS),
  amount: z.int().describe('Negative for refunds.'),
  state: z.enum(['DONE', 'PENDING']).describe('PENDING entries count in no sum.'),
  reference: z.string().nullable(),
});

const receiptShape = z.object({
  code: z.string(),
  status: z.enum(BOOKING_STATUSES),
  property: z.object({ slug: z.string(), name: z.string(), timezone: z.string(), phone: z.string().nullable() }),
  guest: z.object({ firstName: z.string(), lastName: z.string() }),
  issuedAt: instant,
  currency: z.string(),
  price: priceView,
  entries: z.array(entry),
  paid: z.int(),
  refunded: z.int(),
  waived: z.int(),
  fee: z.int().describe('The cancellation or no-show fee.'),
  balanceDue: z.int(),
  held: z.int().describe('The part of `balanceDue` that is held on a card or in the wallet, or being captured.'),
});

const example = {
  code: 'BK-2027-0042',
  status: 'CONFIRMED' as const,
  property: { slug: 'harbour-hotel', name: 'Harbour Hotel', timezone: 'Europe/Dublin', phone: '+353 1 555 0100' },
  guest: { firstName: 'Ada', lastName: 'Byrne' },
  issuedAt: '2027-05-03T10:00:00.000Z',
  currency: 'EUR',
  price: exampleBooking.price,
  entries: [
    {
      at: '2027-05-01T09:02:00.000Z',
      kind: 'PAYMENT' as const,
      method: 'CARD' as const,
      amount: 28_900,
      state: 'DONE' as const,
      reference: 'pi_…4242',
    },
  ],
  paid: 28_900,
  refunded: 0,
  waived: 0,
  fee: 0,
  balanceDue: 0,
  held: 0,
};

/** The guest's receipt: price lines, taxes, payments and refunds. */
export const receiptView = receiptShape.meta({ examples: [example] });

/** The statement for staff, with the ledger's transfers. */
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
            at: '2027-05-01T09:02:00.000Z',
            kind: 'PAYMENT',
            from: 'GATEWAY',
            to: 'BOOKING',
            method: null,
            amount: 28_900,
          },
        ],
      },
    ],
  });

/** Formats the receipt. Hides references, because staff write them, except the gateway's reference of card payments. */
export function viewReceipt(booking: BookingSnapshot): z.output<typeof receiptView> {
  const { entries, ...account } = viewAccount(booking);
  const toGuest = (item: (typeof entries)[number]) =>
    item.kind === 'PAYMENT' && item.method === 'CARD' ? item : { ...item, reference: null };
  return { ...account, entries: entries.map(toGuest) };
}

function viewAccount(booking: BookingSnapshot): z.output<typeof receiptView> {
  const primary = booking.party.find(({ role }) => role === 'PRIMARY');
  const { firstName = '', lastName = '' } = booking.booker ?? primary ?? {};
  const { entries, ...sums } = buildStatement(booking);
  return {
    code: booking.code,
    status: booking.status,
    property: booking.property,
    guest: { firstName, lastName },
    issuedAt: booking.readAt,
    currency: booking.price.currency,
    price: viewPrice({ ...booking.price, ...splitDeposit(booking) }),
    entries: [...entries],
    ...sums,
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
