import { z } from 'zod';
import { DISPUTE_STATUSES } from '../../../../domain/ports/gateway.ts';
import type { RecordedDispute, RecordedRefund } from '../../../../domain/booking/booking.ts';

const instant = z.string();

/** A refund, paid or pending. */
export const refundView = z.object({
  id: z.uuid(),
  paymentId: z.uuid(),
  amount: z.int(),
  currency: z.string(),
  destination: z.enum(['CARD', 'WALLET', 'MANUAL']),
  state: z
    .enum(['PENDING', 'UNKNOWN', 'DONE', 'CANCELLED'])
    .describe('UNKNOWN: the gateway has not confirmed the outcome. A PENDING manual refund waits for the front desk.'),
  origin: z.enum(['POLICY', 'STAFF', 'SYSTEM', 'GATEWAY']),
  reason: z.string().nullable(),
  lastError: z
    .string()
    .nullable()
    .describe('Why the gateway refused the refund last, in its own code; the server asks again. Null otherwise.'),
  createdAt: instant,
  settledAt: instant.nullable(),
});

/** A charge that the cardholder disputes. */
export const disputeView = z.object({
  id: z.uuid(),
  paymentId: z.uuid(),
  amount: z.int(),
  currency: z.string(),
  reason: z.string(),
  status: z
    .enum(DISPUTE_STATUSES)
    .describe('INQUIRY: the bank asks, and no money has moved; INQUIRY_CLOSED: the bank asks no more.'),
  openedAt: instant,
  closedAt: instant.nullable(),
});

export function viewRefund(refund: RecordedRefund): z.output<typeof refundView> {
  return { ...refund };
}

export function viewDispute(dispute: RecordedDispute): z.output<typeof disputeView> {
  return { ...dispute };
}

export const exampleRefund: z.output<typeof refundView> = {
  id: '0199f0c5-7b7e-7c7a-8d55-0c3a5b1f2e11',
  paymentId: '0199f0c5-7b7e-7c7a-8d55-0c3a5b1f2e01',
  amount: 5_000,
  currency: 'EUR',
  destination: 'CARD',
  state: 'DONE',
  origin: 'STAFF',
  reason: 'Shower was cold',
  lastError: null,
  createdAt: '2027-05-02T08:00:00.000Z',
  settledAt: '2027-05-02T08:00:01.000Z',
};
