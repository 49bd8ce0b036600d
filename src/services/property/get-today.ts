import type { Context } from '../../context.ts';
import { readToday } from '../../db/clock.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';

/** The date it is at the property, by the database's clock. */
export async function getToday(ctx: Pick<Context, 'db'>, propertyId: string): Promise<PlainDate> {
  return readToday(ctx.db, propertyId);
}
