import { z } from 'zod';
import type { RecordedDispute, RecordedRefund } from '../../../domain/booking.ts';

const instant = z.string();

/** Money that went back, or is on its way. */
export const refundView = z.object({
  id: z.uuid(),
  paymentId: z.uuid(),
  amount: z.int(),
  currency: z.string(),
  destination: z.enum(['CARD', 'WALLET', 'MANUAL']),
  state: z
    .enum(['PENDING', 'UNKNOWN', 'DONE', 'CANCELLED'])
    .describe('UNKNOWN: the gateway has not said yet. A PENDING one by hand waits for the desk.'),
  origin: z.enum(['POLICY', 'STAFF', 'SYSTEM', 'GATEWAY']),
  reason: z.string().nullable(),
  createdAt: instant,
  settledAt: instant.nullable(),
});

/** A charge the card's holder disputes at the bank. */
export const disputeView = z.object({
  id: z.uuid(),
  paymentId: z.uuid(),
  amount: z.int(),
  currency: z.string(),
  reason: z.string(),
  status: z.enum(['OPEN', 'WON', 'LOST']),
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
  createdAt: '2027-05-02T08:00:00.000Z',
  settledAt: '2027-05-02T08:00:01.000Z',
};
