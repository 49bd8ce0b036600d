import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';

/**
 * Opens a server span for every request, as a child of the caller's trace.
 *
 * The span names the route and never the path: paths and queries carry codes, names and addresses.
 */
export function traceRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer('holdfast');
  app.addHook('onRequest', (request, reply, next) => {
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const { method, routeOptions } = request;
    const route = routeOptions.url;
    const attributes = {
      'http.request.method': method,
      ...(route !== undefined && { 'http.route': route }),
      'holdfast.request_id': request.id,
    };
    const name = [method, route].filter(Boolean).join(' ');
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
    // `close` instead of onResponse: a caller that disconnects ends the span too, then without a status.
    reply.raw.once('close', () => {
      if (reply.raw.headersSent) span.setAttribute('http.response.status_code', reply.statusCode);
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    // Fastify keeps this async context while the body is read.
    context.with(trace.setSpan(parent, span), next);
  });
}
