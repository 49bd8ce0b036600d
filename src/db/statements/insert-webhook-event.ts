import type { GatewayEvent } from '../../domain/ports/gateway.ts';
import { isUuid } from '../../domain/access/uuid.ts';
import { directQuery } from '../connection/direct-query.ts';
import type { RawQueries } from '../connection/direct-query.ts';

/**
 * Stores a webhook event with payment and booking, where known; answers true for a new event.
 *
 * A hot path: one named prepared statement.
 * Idempotent: a repeated event changes nothing.
 */
export async function insertWebhookEvent(db: RawQueries, event: GatewayEvent): Promise<boolean> {
  const paymentId = event.paymentId !== null && isUuid(event.paymentId) ? event.paymentId : null;
  const { id, type, sessionId, intentId, chargeId, disputeId, occurredAt } = event;
  const stored = await directQuery(db).$queryRaw<unknown[]>`
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
    ON CONFLICT (event_id) DO NOTHING RETURNING 1`;
  return stored.length > 0;
}
