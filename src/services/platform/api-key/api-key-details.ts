import { z } from 'zod';
import type { ApiKey } from '../../../db/client.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';

/** An API key without its secret, which only the response of its creation holds. */
export const apiKeyDetails = z.object({
  id: z.string(),
  name: z.string(),
  lastFour: z.string(),
  scopes: z.array(z.string()).readonly(),
  maxLiveHolds: z.number(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
export type ApiKeyDetails = Readonly<z.output<typeof apiKeyDetails>>;

export const storedApiKey = storedResponse('API key', apiKeyDetails.readonly());

export function toApiKeyDetails(row: ApiKey): ApiKeyDetails {
  const { id, name, lastFour, scopes, maxLiveHolds, createdAt, lastUsedAt, expiresAt, revokedAt } = row;
  return {
    id,
    name,
    lastFour,
    scopes,
    maxLiveHolds,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
