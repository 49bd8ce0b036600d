import type { Context } from '../../../../context.ts';
import type { Tx } from '../../../../db/client.ts';
import { readClock } from '../../../../db/connection/clock.ts';
import { hashToken, makeToken } from '../../../core/secrets/token.ts';
import { ACCESS_TOKEN_SECONDS, signAccessToken } from './access-token.ts';

const REFRESH_TOKEN_DAYS = 30;
const DAY_MS = 86_400_000;

export interface Session {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly refreshToken: string;
}

/** Issues an access token and the next refresh token of the family. */
export async function issueSession(
  ctx: Pick<Context, 'config'>,
  tx: Tx,
  input: { userId: string; familyId: string },
): Promise<Session> {
  const refreshToken = makeToken();
  const expiresAt = new Date((await readClock(tx)).getTime() + REFRESH_TOKEN_DAYS * DAY_MS);
  await tx.refreshToken.create({ data: { ...input, tokenHash: hashToken(refreshToken), expiresAt } });
  return { accessToken: await signAccessToken(ctx, input.userId), expiresIn: ACCESS_TOKEN_SECONDS, refreshToken };
}
