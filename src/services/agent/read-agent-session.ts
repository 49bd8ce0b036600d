import type { Context } from '../../context.ts';
import { readClock } from '../../db/connection/clock.ts';
import { getPublicProperty } from '../catalogue/property/get-public-property.ts';
import type { PublicProperty } from '../catalogue/property/get-public-property.ts';

/** The property and the current time, as an agent's call sees both. */
export interface AgentSession {
  readonly property: PublicProperty;
  /** Time of the database's clock. */
  readonly now: Date;
}

/** Reads the property and the current time for an agent's call. Throws: not_found unless the property is LIVE. */
export async function readAgentSession(ctx: Context, slug: string): Promise<AgentSession> {
  const property = await getPublicProperty(ctx, slug);
  return { property, now: await readClock(ctx.db) };
}
