import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import { readClock } from '../../../db/connection/clock.ts';
import { AppError } from '../../../errors.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';
import { logAction } from '../../core/log/log-action.ts';
import { hashToken, makeToken } from '../../core/secrets/token.ts';
import { apiKeyDetails, toApiKeyDetails } from './api-key-details.ts';

/** The prefix of every key, by which secret scanners recognize a leaked key. */
const PREFIX = 'hf_';

interface NewApiKey {
  readonly propertyId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly maxLiveHolds: number;
  readonly expiresAt: string | null;
}

const newApiKeyDetails = apiKeyDetails.extend({ key: z.string() }).readonly();
type NewApiKeyDetails = z.output<typeof newApiKeyDetails>;

const storedNewKey = storedResponse('new API key', newApiKeyDetails);

/** Creates an API key. Only this response holds the secret, of which a hash is stored. Throws: past_time. */
export async function createApiKey(ctx: RequestContext, input: NewApiKey): Promise<NewApiKeyDetails> {
  const { expiresAt, scopes, ...data } = input;
  return logAction(
    ctx,
    { event: 'api-key/create' },
    () =>
      answerOnce(ctx, storedNewKey, async (tx) => {
        const expiry = expiresAt === null ? null : new Date(expiresAt);
        if (expiry !== null && expiry <= (await readClock(tx))) throw new AppError('past_time');
        const key = `${PREFIX}${makeToken()}`;
        const row = await tx.apiKey.create({
          data: {
            id: randomUUIDv7(),
            ...data,
            scopes: [...scopes],
            expiresAt: expiry,
            createdBy: ctx.author.actor.id,
            keyHash: hashToken(key),
            lastFour: key.slice(-4),
          },
        });
        return { ...toApiKeyDetails(row), key };
      }),
    ({ id }) => ({ apiKey: id }),
  );
}
