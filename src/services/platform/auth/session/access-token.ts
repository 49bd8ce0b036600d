import { jwtVerify, SignJWT } from 'jose';
import type { Context } from '../../../../context.ts';
import { isUuid } from '../../../../domain/access/uuid.ts';
import { AppError } from '../../../../errors.ts';

/** A quarter of an hour: short, because an access token can not be revoked. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'holdfast';

type Signing = Pick<Context, 'config'>;

/** Signs an access token (JWT, HS256) for a user. */
export async function signAccessToken(ctx: Signing, userId: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(`${String(ACCESS_TOKEN_SECONDS)}s`)
    .sign(secretOf(ctx));
}

/**
 * Verifies an access token.
 *
 * Throws: unauthorized when the token is forged, foreign or expired.
 * Returns: the user's id.
 */
export async function verifyAccessToken(ctx: Signing, token: string): Promise<string> {
  try {
    const { payload } = await jwtVerify(token, secretOf(ctx), { issuer: ISSUER, algorithms: ['HS256'] });
    // A user's id is a UUID. Any other subject would fail in the database.
    if (payload.sub !== undefined && isUuid(payload.sub)) return payload.sub;
  } catch (error) {
    throw new AppError('unauthorized', { detail: 'The access token is not valid, or has expired.', cause: error });
  }
  throw new AppError('unauthorized');
}

function secretOf(ctx: Signing): Uint8Array {
  return new TextEncoder().encode(ctx.config.JWT_SECRET);
}
