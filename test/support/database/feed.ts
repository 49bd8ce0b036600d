import type { Context } from '../../../src/context.ts';
import { numberEvents } from '../../../src/services/core/feed/number-events.ts';
import type { TestDatabase } from './database.ts';

/** An event as it lies in the outbox. */
export interface OutboxRow {
  readonly id: number;
  /** Null until it is numbered. */
  readonly seq: number | null;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** The property's events, in the order in which they were written. */
export async function readOutbox(database: TestDatabase, propertyId: string, afterId = 0): Promise<OutboxRow[]> {
  return database.sql<OutboxRow & Record<string, unknown>>(
    'SELECT id::int, seq::int, type, data FROM outbox_messages WHERE property_id = $1 AND id > $2 ORDER BY id',
    [propertyId, afterId],
  );
}

/** Numbers everything that waits for its number: what a server does by itself. */
export async function numberAll(ctx: Context): Promise<void> {
  while ((await numberEvents(ctx)) > 0);
}

/** 1, 2, 3, … up to a number. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
