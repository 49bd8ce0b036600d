import type { BookingSnapshot, RecordedPayment, RecordedRefund } from '../../../src/domain/booking/booking.ts';

const payment: RecordedPayment = {
  id: 'p1',
  provider: 'STRIPE',
  method: 'CARD',
  stage: 'CAPTURED',
  amount: 10_000,
  currency: 'EUR',
  refundedAmount: 0,
  walletHeld: 0,
  reference: null,
  createdAt: '2027-05-01T09:02:00.000Z',
};
const refund: RecordedRefund = {
  id: 'r1',
  paymentId: 'p1',
  amount: 10_000,
  currency: 'EUR',
  destination: 'CARD',
  state: 'DONE',
  origin: 'POLICY',
  reason: null,
  lastError: null,
  createdAt: '2027-05-02T09:00:00.000Z',
  settledAt: '2027-05-02T09:00:00.000Z',
};

export const aPayment = (own: Partial<RecordedPayment> = {}): RecordedPayment => ({ ...payment, ...own });
export const aRefund = (own: Partial<RecordedRefund> = {}): RecordedRefund => ({ ...refund, ...own });

const NEVER = {
  reservedAt: null,
  confirmedAt: null,
  paymentAuthorizedAt: null,
  paidAt: null,
  checkedInAt: null,
  checkedOutAt: null,
  cancelledAt: null,
} as const;

/** A price of so much, with a deposit; its lines are of no interest. */
export function aPrice(totalPayable: number, depositDue = totalPayable): BookingSnapshot['price'] {
  const amounts = { baseAmount: totalPayable, promoDiscount: 0, subtotalAfterPromo: totalPayable, taxAmount: 0 };
  const due = { totalPayable, depositDue, balanceDue: totalPayable - depositDue };
  const split = { walletApplied: 0, gatewayPayable: depositDue };
  return { currency: 'EUR', lines: [], taxes: [], ...amounts, ...due, ...split };
}

/** A suite in Dublin for two nights, held for ten minutes and 100.00 EUR, changed by what a test is about. */
export function aBooking(own: Partial<BookingSnapshot> = {}): BookingSnapshot {
  return {
    ...NEVER,
    id: 'b1',
    code: 'BK-2027-0042',
    kind: 'STAY',
    status: 'PENDING_PAYMENT',
    version: 1,
    source: 'WEBSITE',
    property: { slug: 'harbour', name: 'Harbour Hotel', timezone: 'Europe/Dublin', phone: '+353 1 555 0199' },
    party: [{ role: 'PRIMARY', firstName: 'Ada', lastName: 'Byrne', email: null, phone: null, isStaying: true }],
    booker: null,
    price: aPrice(10_000),
    promoCode: null,
    paidAmount: 0,
    waivedAmount: 0,
    paymentStage: 'NONE',
    paymentProvider: null,
    payments: [],
    refunds: [],
    disputes: [],
    feeAmount: 0,
    moveExpiresAt: null,
    specialRequests: null,
    startsAt: '2027-05-14T14:00:00.000Z',
    endsAt: '2027-05-16T10:00:00.000Z',
    expiresAt: '2027-05-01T09:10:00.000Z',
    captureBefore: null,
    decision: null,
    createdAt: '2027-05-01T09:00:00.000Z',
    updatedAt: '2027-05-01T09:00:00.000Z',
    stay: {
      roomType: { code: 'SUITE', name: 'Suite' },
      checkIn: '2027-05-14',
      checkOut: '2027-05-16',
      adults: 2,
      children: 0,
      assignmentVersion: 0,
      room: null,
    },
    appointment: null,
    readAt: '2027-05-01T09:00:00.000Z',
    ...own,
  };
}
