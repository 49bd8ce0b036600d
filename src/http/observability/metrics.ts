import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../domain/ports/metrics.ts';

/** Counts and times every request by route pattern. Register before hooks that reject requests. */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { url, config } = request.routeOptions;
    // The duration of a stream is no latency.
    if (config.isStream !== true) {
      metrics.observeRequest({
        method: request.method,
        // An unknown path is caller input and must not become a label.
        route: url ?? 'none',
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1_000,
      });
    }
    done();
  });
}
