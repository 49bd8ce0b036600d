import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.ts';

/** Sends a thing's version, for the next write's If-Match. */
export function sendVersion(reply: FastifyReply, version: number): void {
  reply.header('etag', `"${String(version)}"`);
}

/** The version the caller has seen; null when the write is to happen whatever the version. */
export function readIfMatch(request: FastifyRequest): number | null {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return null;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) {
    throw new AppError('validation_failed', {
      errors: [{ path: 'If-Match', message: 'must be an ETag as it was sent, such as "3"' }],
    });
  }
  return Number(version);
}
