import type { ApiKey } from '../../db/client.ts';

/** What may be known of a key once it has been handed out. Plain JSON. */
export interface ApiKeySheet {
  readonly id: string;
  readonly name: string;
  readonly lastFour: string;
  readonly scopes: readonly string[];
  readonly maxLiveHolds: number;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export function toApiKeySheet(row: ApiKey): ApiKeySheet {
  const { id, name, lastFour, scopes, maxLiveHolds, createdAt, lastUsedAt, expiresAt, revokedAt } = row;
  return {
    ...{ id, name, lastFour, scopes, maxLiveHolds },
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
