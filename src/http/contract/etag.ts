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

/** A finished answer in JSON, with the tag that stays while it does. */
export interface TaggedText {
  readonly text: string | Buffer;
  readonly etag: string;
}

/** Sends a finished answer in JSON, or says that the caller's is still it. */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, { text, etag }: TaggedText): FastifyReply {
  reply.header('etag', etag);
  if (isKnown(request.headers['if-none-match'], etag)) {
    reply.code(304);
    // Of no text Fastify would tell a HEAD that it has no length, which is not true of the answer.
    if (request.method !== 'HEAD') return reply.send();
  }
  return reply.type('application/json; charset=utf-8').send(text);
}

function isKnown(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*') === true;
}
