import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { Prisma } from '../../db/client.ts';
import type { QueueState } from '../../domain/ports/metrics.ts';
import { DECISION_DEADLINES, LAPSE_WARNED_FROM, LAPSES_WITHIN_A_DAY } from '../decision/decision-deadlines.ts';

/** A scrape waits no longer; what the process itself has counted is worth telling without the database. */
const TIMEOUT_MS = 1_000;

const LATE_DECISIONS = Prisma.join(
  DECISION_DEADLINES.map(
    ({ at, hasPassed }) => Prisma.sql`SELECT b.id, ${at} AS since FROM bookings b WHERE ${hasPassed}`,
  ),
  ' UNION ALL ',
);

/** What waits in the database right now; null when it does not answer, or not soon enough. */
export async function readGauges(ctx: Pick<Context, 'db' | 'log' | 'realtime'>): Promise<QueueState[] | null> {
  try {
    return await Promise.race([countQueues(ctx), refuseAfter(TIMEOUT_MS)]);
  } catch (error) {
    ctx.log.warn({ event: 'metrics/queues', outcome: 'failed', err: error }, 'metrics/queues');
    return null;
  }
}

async function refuseAfter(durationMs: number): Promise<never> {
  await sleep(durationMs, undefined, { ref: false });
  throw new Error('The database does not answer in time.');
}

/**
 * One statement, each part over an index of just the rows it counts.
 *
 * What waits for an earlier one of its booking or payment is not due, as it is not for the drains.
 */
async function countQueues({ db, realtime }: Pick<Context, 'db' | 'realtime'>): Promise<QueueState[]> {
  return db.$queryRaw`
    WITH clock AS MATERIALIZED (SELECT app_now() AS now),
    waiting AS (
      SELECT 'webhooks' AS queue, count(*) AS depth, min(next_attempt_at) AS since
      FROM webhook_events w
      WHERE state = 'RECEIVED' AND next_attempt_at <= (SELECT now FROM clock)
        AND NOT EXISTS (
          SELECT FROM webhook_events e WHERE e.booking_id = w.booking_id AND e.state = 'RECEIVED' AND e.id < w.id)
      UNION ALL
      SELECT 'gateway_operations', count(*), min(next_attempt_at)
      FROM gateway_operations o
      WHERE state IN ('PENDING', 'UNKNOWN') AND next_attempt_at <= (SELECT now FROM clock)
        AND NOT EXISTS (
          SELECT FROM gateway_operations e
          WHERE e.payment_id = o.payment_id AND e.state IN ('PENDING', 'UNKNOWN') AND e.id < o.id
            AND e.kind <> 'EXPIRE_SESSION')
      UNION ALL
      SELECT 'outbox', count(*), min(occurred_at) FROM outbox_messages WHERE seq IS NULL
      UNION ALL
      -- Properties, by the first event each has not delivered; a service that was switched off is not waited for.
      SELECT 'realtime', count(*), min(o.published_at)
      FROM feed_cursors c JOIN feeds f ON f.property_id = c.property_id
      LEFT JOIN outbox_messages o ON o.property_id = c.property_id AND o.seq = c.last_seq + 1
      WHERE ${realtime !== null}::boolean AND c.channel = 'PUSHER' AND c.last_seq < f.last_seq
      UNION ALL
      SELECT 'overdue_holds', count(*), min(expires_at)
      FROM bookings
      WHERE status = 'PENDING_PAYMENT' AND expires_at <= (SELECT now FROM clock)
        AND payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED')
      UNION ALL
      -- One that lapsed may be past its start as well.
      SELECT 'overdue_decisions', count(DISTINCT id), min(since) FROM (${LATE_DECISIONS}) AS late
      UNION ALL
      SELECT 'lapsing_authorizations', count(*), min(${LAPSE_WARNED_FROM}) FROM bookings b WHERE ${LAPSES_WITHIN_A_DAY}
      UNION ALL
      SELECT 'open_disputes', count(*), min(opened_at) FROM disputes WHERE status = 'OPEN'
      UNION ALL
      -- Properties, by the latest comparison that came to an end.
      SELECT 'reconciliation_differences', count(*), min(r.created_at) FROM reconciliations r
      WHERE NOT r.is_balanced AND NOT EXISTS (
        SELECT FROM reconciliations l
        WHERE l.property_id = r.property_id AND l.on_date > r.on_date AND l.is_balanced IS NOT NULL)
      UNION ALL
      SELECT 'webhooks_failed', count(*), min(received_at) FROM webhook_events WHERE state = 'FAILED'
      UNION ALL
      SELECT 'gateway_operations_unknown', count(*), min(created_at)
      FROM gateway_operations WHERE state = 'UNKNOWN'
    )
    SELECT queue, depth::int,
      coalesce(greatest(extract(epoch FROM clock.now - since), 0), 0)::float8 AS "oldestSeconds"
    FROM waiting, clock`;
}
