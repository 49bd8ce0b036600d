import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.ts';

/** Sends the version as ETag, for the If-Match of the next write. */
export function sendVersion(reply: FastifyReply, version: number): void {
  reply.header('etag', `"${String(version)}"`);
}

/** Reads the version in If-Match; null when the caller accepts any version. Throws: validation_failed. */
export function readIfMatch(request: FastifyRequest): number | null {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return null;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) {
    throw new AppError('validation_failed', {
      errors: [{ path: 'If-Match', message: 'must be an ETag from an earlier response, such as "3"' }],
    });
  }
  return Number(version);
}

/** A serialized response with its ETag. */
export interface TaggedText {
  readonly text: string | Buffer;
  readonly etag: string;
  /** JSON by default. */
  readonly type?: string;
}

/** Sends a serialized response, or 304 when the caller's copy is current. */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, tagged: TaggedText): FastifyReply {
  const { text, etag, type = 'application/json; charset=utf-8' } = tagged;
  reply.header('etag', etag);
  if (matchesEtag(request.headers['if-none-match'], etag)) {
    reply.code(304);
    // For an empty HEAD response Fastify would send content-length 0, which is wrong for this resource.
    if (request.method !== 'HEAD') return reply.send();
  }
  return reply.type(type).send(text);
}

function matchesEtag(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*') === true;
}
