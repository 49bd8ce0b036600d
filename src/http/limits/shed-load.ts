import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.ts';

/** Concurrent requests of one process; beyond, a request fails at once instead of waiting for its timeout. */
const MAX_IN_FLIGHT = 1_000;
/** Concurrent event streams of one process. */
const MAX_STREAMS = 1_000;

/** Both must answer under load. */
const ALWAYS_SERVED = ['/healthz', '/metrics'];

interface Places {
  taken: number;
  readonly max: number;
}

/**
 * Rejects requests with 503 above the concurrency limit. Health checks and metrics always pass.
 *
 * A request holds a place while the server works for it: for its authentication, and again from the moment its body is
 * there. A body that is still to come is the caller's time and holds none, so half-sent requests keep nobody out.
 * Streams are long and idle, so streams have their own limit.
 */
export function shedLoad(app: FastifyInstance): void {
  const requests: Places = { taken: 0, max: MAX_IN_FLIGHT };
  const streams: Places = { taken: 0, max: MAX_STREAMS };
  const held = new WeakMap<FastifyRequest, Places>();
  const release = (request: FastifyRequest) => {
    const places = held.get(request);
    if (places !== undefined) places.taken -= 1;
    held.delete(request);
  };
  /** Takes a place, unless the request has one or needs none. Returns: false when all are taken. */
  const take = (request: FastifyRequest): boolean => {
    const { url = '', config } = request.routeOptions;
    if (held.has(request) || ALWAYS_SERVED.includes(url)) return true;
    const places = config.isStream === true ? streams : requests;
    if (places.taken >= places.max) return false;
    places.taken += 1;
    held.set(request, places);
    return true;
  };
  const refuse = () => new AppError('overloaded', { retryAfterSeconds: 1 });

  app.addHook('onRequest', (request, reply, done) => {
    // `close` instead of onResponse: a caller that disconnects must free the place too.
    reply.raw.once('close', () => {
      release(request);
    });
    done(take(request) ? undefined : refuse());
  });
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    if (!request.raw.complete) release(request);
    done();
  });
  app.addHook('preValidation', (request, reply, done) => {
    // The caller left while its body was under way: `close` has passed, and would free no place.
    if (reply.raw.destroyed) done();
    else done(take(request) ? undefined : refuse());
  });
}
