import type { Context } from '../../context.ts';
import { withRetries } from '../../db/transaction.ts';
import type { GatewayEvent } from '../../domain/ports/gateway.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Stores an event of the gateway's, once, with the booking it is about; what it means is found out afterwards.
 *
 * A hot path: one statement. Answers whether it was new.
 */
export async function receiveWebhook(ctx: Context, event: GatewayEvent): Promise<boolean> {
  const paymentId = event.paymentId !== null && UUID.test(event.paymentId) ? event.paymentId : null;
  const { id, type, sessionId, intentId, chargeId, disputeId, occurredAt } = event;
  const stored = await withRetries(
    () => ctx.db.$executeRaw`
      INSERT INTO webhook_events (
        event_id, type, session_id, intent_id, charge_id, dispute_id, occurred_at, payment_id, booking_id, property_id)
      SELECT ${id}, ${type}, ${sessionId}, ${intentId}, ${chargeId}, ${disputeId}, ${occurredAt}::timestamptz,
        p.id, p.booking_id, p.property_id
      FROM (SELECT 1) AS one
      LEFT JOIN LATERAL (
        SELECT id, booking_id, property_id FROM payments WHERE id = ${paymentId}::uuid
        UNION ALL SELECT id, booking_id, property_id FROM payments WHERE session_id = ${sessionId}
        UNION ALL SELECT id, booking_id, property_id FROM payments WHERE intent_id = ${intentId}
        LIMIT 1
      ) p ON true
      ON CONFLICT (event_id) DO NOTHING`,
  );
  ctx.nudge();
  return stored > 0;
}
