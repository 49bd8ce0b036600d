import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { hashToken } from '../../core/secrets/token.ts';

export interface AgentAccess {
  readonly keyId: string;
  readonly propertyId: string;
  readonly slug: string;
}

interface FoundKey extends AgentAccess {
  readonly scopes: readonly string[];
}

/**
 * Authenticates an API key of the scope `agent`, and finds its property.
 *
 * The lookup is by hash, so its duration does not tell how near a guess is. `last_used_at` is written once a minute.
 * Throws: unauthorized when the key is unknown, revoked or expired; not_found when the key belongs to another property
 * than `slug` (null: any); forbidden without the scope.
 */
export async function authenticateAgent(
  ctx: Pick<Context, 'db'>,
  input: { readonly key: string; readonly slug: string | null },
): Promise<AgentAccess> {
  const rows = await ctx.db.$queryRaw<FoundKey[]>`
    WITH found AS (
      SELECT k.id, k.property_id, p.slug, k.scopes, k.last_used_at
      FROM api_keys k JOIN properties p ON p.id = k.property_id
      WHERE k.key_hash = ${hashToken(input.key)} AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > app_now())
    ), touched AS (
      UPDATE api_keys k SET last_used_at = app_now() FROM found f
      WHERE k.id = f.id AND (f.last_used_at IS NULL OR f.last_used_at < app_now() - interval '1 minute')
    )
    SELECT id AS "keyId", property_id AS "propertyId", slug, scopes FROM found`;
  const [found] = rows;
  if (found === undefined) throw new AppError('unauthorized', { detail: 'This key is not valid, or has expired.' });
  const { scopes, ...access } = found;
  if (input.slug !== null && input.slug !== access.slug) {
    throw new AppError('not_found', { detail: `There is no property "${input.slug}".` });
  }
  if (!scopes.includes('agent')) throw new AppError('forbidden', { detail: 'Use an API key with the scope "agent".' });
  return access;
}
