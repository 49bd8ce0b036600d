import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../../context.ts';
import { Prisma } from '../../../db/client.ts';
import { dueOperation, dueWebhook, overdueHold } from '../../../db/predicates.ts';
import type { QueueState } from '../../../domain/ports/metrics.ts';
import { pusherSender } from '../../core/feed/delivery/pusher-sender.ts';
import { DECISION_DEADLINES, LAPSE_WARNED_FROM, LAPSES_WITHIN_A_DAY } from '../../desk/decision/decision-deadlines.ts';

/** The longest wait of a scrape: the process's own counters are useful without the database's gauges. */
const TIMEOUT_MS = 1_000;

/** The time of the statement, which reads the clock once. */
const CLOCK = Prisma.sql`(SELECT now FROM clock)`;

const LATE_DECISIONS = Prisma.join(
  DECISION_DEADLINES.map(
    ({ at, hasPassed }) => Prisma.sql`SELECT b.id, ${at} AS since FROM bookings b WHERE ${hasPassed}`,
  ),
  ' UNION ALL ',
);

/** Reads depth and age of every queue in the database. Returns: null after an error or a timeout. */
export async function readGauges(ctx: Pick<Context, 'db' | 'log' | 'realtime'>): Promise<QueueState[] | null> {
  try {
    return await Promise.race([countQueues(ctx), rejectAfter(TIMEOUT_MS)]);
  } catch (error) {
    ctx.log.warn({ event: 'metrics/queues', outcome: 'failed', err: error }, 'metrics/queues');
    return null;
  }
}

async function rejectAfter(durationMs: number): Promise<never> {
  await sleep(durationMs, undefined, { ref: false });
  throw new Error('The database does not answer in time.');
}

/**
 * Counts every queue in one statement, each by a partial index of the counted rows.
 *
 * A row that waits for an earlier row of its booking or payment is not due, neither here nor for the drains.
 */
async function countQueues({ db, realtime }: Pick<Context, 'db' | 'realtime'>): Promise<QueueState[]> {
  return db.$queryRaw`
    WITH clock AS MATERIALIZED (SELECT app_now() AS now),
    waiting AS (
      SELECT 'webhooks' AS queue, count(*) AS depth, min(next_attempt_at) AS since
      FROM webhook_events w
      WHERE ${dueWebhook(CLOCK)}
      UNION ALL
      SELECT 'gateway_operations', count(*), min(next_attempt_at)
      FROM gateway_operations o
      WHERE ${dueOperation(CLOCK)}
      UNION ALL
      SELECT 'outbox', count(*), min(occurred_at) FROM outbox_messages WHERE seq IS NULL
      UNION ALL
      -- Properties, by the first undelivered event of each; without a realtime service none waits.
      SELECT 'realtime', count(*), min(o.published_at)
      FROM feed_cursors c JOIN feeds f ON f.property_id = c.property_id
      LEFT JOIN outbox_messages o ON o.property_id = c.property_id AND o.seq = c.last_seq + 1
      WHERE ${realtime !== null}::boolean AND c.channel = ${pusherSender.channel} AND c.last_seq < f.last_seq
      UNION ALL
      SELECT 'overdue_holds', count(*), min(expires_at) FROM bookings b WHERE ${overdueHold(CLOCK)}
      UNION ALL
      -- A booking may miss two deadlines: a lapsed authorization and its own start.
      SELECT 'overdue_decisions', count(DISTINCT id), min(since) FROM (${LATE_DECISIONS}) AS late
      UNION ALL
      SELECT 'lapsing_authorizations', count(*), min(${LAPSE_WARNED_FROM}) FROM bookings b WHERE ${LAPSES_WITHIN_A_DAY}
      UNION ALL
      SELECT 'open_disputes', count(*), min(opened_at) FROM disputes WHERE status = 'OPEN'
      UNION ALL
      -- Properties, by the latest finished comparison.
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
