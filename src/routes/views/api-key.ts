import { z } from 'zod';
import type { ApiKeySheet } from '../../services/api-key/api-key-sheet.ts';

/** What a key may be for. */
export const API_KEY_SCOPES = ['agent'] as const;

const instant = z.string();
const shape = z.object({
  id: z.uuid(),
  name: z.string(),
  lastFour: z.string().describe('The last characters of the key, to tell it by.'),
  scopes: z.array(z.string()),
  maxLiveHolds: z.int().describe('How many bookings made with it may wait for payment at once.'),
  createdAt: instant,
  lastUsedAt: instant.nullable().describe('To the minute.'),
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
});

export const exampleApiKey = {
  ...{ id: '01980c4e-7f3a-7000-8000-000000000000', name: 'Front desk line', lastFour: 'x3Tq', scopes: ['agent'] },
  ...{ maxLiveHolds: 20, createdAt: '2027-05-14T09:00:00.000Z', lastUsedAt: null, expiresAt: null, revokedAt: null },
};

export const apiKeyView = shape.meta({ examples: [exampleApiKey] });

export const createdApiKeyView = shape
  .extend({ key: z.string().describe('Shown this once. Send it as `Authorization: Bearer hf_…`.') })
  .meta({ examples: [{ ...exampleApiKey, key: 'hf_Vb0rm3QHqY1m8n2cJ5sD7fG9kL4pR6tU8wX0zA2bx3Tq' }] });

export function viewApiKey(key: ApiKeySheet): z.output<typeof apiKeyView> {
  return { ...key, scopes: [...key.scopes] };
}
