import { jwtVerify, SignJWT } from 'jose';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';

/** Short, because an access token can't be taken back before it ends. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'holdfast';

type Signing = Pick<Context, 'config'>;

/** A token that says who the user is for the next quarter of an hour. */
export async function signAccessToken(ctx: Signing, userId: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(`${String(ACCESS_TOKEN_SECONDS)}s`)
    .sign(secretOf(ctx));
}

/** The user the token was made for. Throws: unauthorized when it is forged, foreign or over. */
export async function verifyAccessToken(ctx: Signing, token: string): Promise<string> {
  try {
    const { payload } = await jwtVerify(token, secretOf(ctx), { issuer: ISSUER, algorithms: ['HS256'] });
    if (payload.sub !== undefined) return payload.sub;
  } catch (error) {
    throw new AppError('unauthorized', { detail: 'The access token is not valid, or no longer.', cause: error });
  }
  throw new AppError('unauthorized');
}

function secretOf(ctx: Signing): Uint8Array {
  return new TextEncoder().encode(ctx.config.JWT_SECRET);
}
