import { z } from 'zod';
import type { ListedDispute } from '../../../../services/desk/list/list-disputes.ts';
import { disputeView } from './refund.ts';

const example = {
  id: '0199f0c5-7b7e-7c7a-8d55-0c3a5b1f2e21',
  paymentId: '0199f0c5-7b7e-7c7a-8d55-0c3a5b1f2e01',
  bookingCode: 'BK-2027-0042',
  amount: 10_000,
  currency: 'EUR',
  reason: 'fraudulent',
  status: 'OPEN' as const,
  reference: 'du_…9f3a',
  openedAt: '2027-06-02T08:00:00.000Z',
  closedAt: null,
};

/** A dispute with its booking. */
export const listedDisputeView = disputeView
  .extend({
    bookingCode: z.string(),
    reference: z.string().describe('The end of the dispute’s id at the gateway.'),
  })
  .meta({ examples: [example] });

export function viewListedDispute(dispute: ListedDispute): z.output<typeof listedDisputeView> {
  const { id, paymentId, currency, reason, status, gatewayDisputeId } = dispute;
  return {
    id,
    paymentId,
    currency,
    reason,
    status,
    bookingCode: dispute.booking.code,
    amount: Number(dispute.amount),
    reference: `${gatewayDisputeId.slice(0, 3)}…${gatewayDisputeId.slice(-4)}`,
    openedAt: dispute.openedAt.toISOString(),
    closedAt: dispute.closedAt?.toISOString() ?? null,
  };
}
