import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../domain/ports/metrics.ts';

/** Counts and times every request by the pattern of its route, refused ones included. Register before what refuses. */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { url, config } = request.routeOptions;
    // How long somebody listens says nothing of how fast we are.
    if (config.isStream !== true) {
      metrics.observeRequest({
        method: request.method,
        // A path that no route has is anybody's invention.
        route: url ?? 'none',
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1_000,
      });
    }
    done();
  });
}
