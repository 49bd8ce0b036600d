import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import { readClock } from '../../db/clock.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { hashToken, makeToken } from '../secrets/token.ts';
import { toApiKeySheet } from './api-key-sheet.ts';
import type { ApiKeySheet } from './api-key-sheet.ts';

/** How every key begins, so that it is known for one wherever it turns up. */
const PREFIX = 'hf_';

interface NewApiKey {
  readonly propertyId: string;
  readonly actor: Actor;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly maxLiveHolds: number;
  readonly expiresAt: string | null;
}

/** Makes a key for a machine. It is answered here and never again: only its hash is kept. Throws: past_time. */
export async function createApiKey(ctx: Context, input: NewApiKey): Promise<ApiKeySheet & { readonly key: string }> {
  const { actor, expiresAt, scopes, ...data } = input;
  return logAction(
    ctx,
    { event: 'api-key/create', actor },
    () =>
      answerOnce(ctx, async (tx) => {
        const expiry = expiresAt === null ? null : new Date(expiresAt);
        if (expiry !== null && expiry <= (await readClock(tx))) throw new AppError('past_time');
        const key = `${PREFIX}${makeToken()}`;
        const row = await tx.apiKey.create({
          data: {
            ...{ id: randomUUIDv7(), ...data, scopes: [...scopes], expiresAt: expiry, createdBy: actor.id },
            ...{ keyHash: hashToken(key), lastFour: key.slice(-4) },
          },
        });
        return { ...toApiKeySheet(row), key };
      }),
    ({ id }) => ({ apiKey: id }),
  );
}
