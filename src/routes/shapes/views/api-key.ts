import { z } from 'zod';
import type { ApiKeyDetails } from '../../../services/platform/api-key/api-key-details.ts';

/** Scopes of an API key. */
export const API_KEY_SCOPES = ['agent'] as const;

const instant = z.string();
const shape = z.object({
  id: z.uuid(),
  name: z.string(),
  lastFour: z.string().describe('The last four characters of the key.'),
  scopes: z.array(z.string()),
  maxLiveHolds: z.int().describe('Maximum number of unpaid holds created with this key.'),
  createdAt: instant,
  lastUsedAt: instant.nullable().describe('Rounded to the minute.'),
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
});

export const exampleApiKey = {
  id: '01980c4e-7f3a-7000-8000-000000000000',
  name: 'Front desk line',
  lastFour: 'x3Tq',
  scopes: ['agent'],
  maxLiveHolds: 20,
  createdAt: '2027-05-14T09:00:00.000Z',
  lastUsedAt: null,
  expiresAt: null,
  revokedAt: null,
};

export const apiKeyView = shape.meta({ examples: [exampleApiKey] });

export const createdApiKeyView = shape
  .extend({ key: z.string().describe('The key, shown once. Send as `Authorization: Bearer hf_…`.') })
  .meta({ examples: [{ ...exampleApiKey, key: 'hf_Vb0rm3QHqY1m8n2cJ5sD7fG9kL4pR6tU8wX0zA2bx3Tq' }] });

export function viewApiKey(key: ApiKeyDetails): z.output<typeof apiKeyView> {
  return { ...key, scopes: [...key.scopes] };
}
