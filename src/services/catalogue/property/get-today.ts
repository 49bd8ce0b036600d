import type { Context } from '../../../context.ts';
import { readToday } from '../../../db/connection/clock.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';

/** Reads the property's current date, by the database's clock. */
export async function getToday(ctx: Pick<Context, 'db'>, propertyId: string): Promise<PlainDate> {
  return readToday(ctx.db, propertyId);
}
