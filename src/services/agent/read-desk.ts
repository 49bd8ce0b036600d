import type { Context } from '../../context.ts';
import { readClock } from '../../db/clock.ts';
import { getPublicProperty } from '../property/get-public-property.ts';
import type { PublicProperty } from '../property/get-public-property.ts';

/** What whoever answers the telephone has before them: what is sold here, and what time it is. */
export interface Desk {
  readonly property: PublicProperty;
  /** The database's clock. */
  readonly now: Date;
}

/** The property as it is sold, at this moment. Throws: not_found unless it is LIVE. */
export async function readDesk(ctx: Context, slug: string): Promise<Desk> {
  const property = await getPublicProperty(ctx, slug);
  return { property, now: await readClock(ctx.db) };
}
