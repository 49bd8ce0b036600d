import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Gateway, GatewayResult } from '../domain/ports/gateway.ts';

/** Limit for a batch, retries included; spans beyond the queue are dropped meanwhile. */
const EXPORT_TIMEOUT_MS = 5_000;
/** Limit for the last batch at shutdown. */
const LAST_EXPORT_TIMEOUT_MS = 2_000;

export interface TracingOptions {
  /** Base URL of the collector; `/v1/traces` is appended. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** Called once per outage of the collector. */
  readonly onOutage: (reason: string) => void;
  readonly onReturn: () => void;
}

/**
 * Starts the export of spans to a collector, in batches and in the background.
 *
 * Before the call, every tracer is a no-op. An outage of the collector loses spans and affects nothing else.
 */
export function startTracing(options: TracingOptions): { stop(): Promise<void> } {
  const url = `${options.endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = reportOutages(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS }), options);
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': options.serviceName })),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    stop: async () => {
      // The exporter has already reported every failed batch.
      const sent = provider.shutdown().catch(() => undefined);
      await Promise.race([sent, sleep(LAST_EXPORT_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
}

function reportOutages(exporter: SpanExporter, { onOutage, onReturn }: TracingOptions): SpanExporter {
  let isOut = false;
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const failed = result.code === ExportResultCode.FAILED;
        if (failed && !isOut) onOutage(describe(result.error));
        if (!failed && isOut) onReturn();
        isOut = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

function describe(error: (Error & { readonly code?: unknown }) | undefined): string {
  return typeof error?.code === 'string' ? error.code : (error?.message ?? 'no reason given');
}

/** Wraps a gateway so that every request has a span. */
export function traceGateway(gateway: Gateway): Gateway {
  const tracer = trace.getTracer('holdfast');
  const traced =
    <Input extends unknown[], T>(name: string, call: (...input: Input) => Promise<GatewayResult<T>>) =>
    (...input: Input): Promise<GatewayResult<T>> =>
      tracer.startActiveSpan(`gateway/${name}`, { kind: SpanKind.CLIENT }, async (span) => {
        try {
          const answer = await call(...input);
          span.setAttribute('holdfast.outcome', answer.kind);
          return answer;
        } finally {
          span.end();
        }
      });
  return {
    createSession: traced('create-session', (...input) => gateway.createSession(...input)),
    expireSession: traced('expire-session', (...input) => gateway.expireSession(...input)),
    findSession: traced('find-session', (...input) => gateway.findSession(...input)),
    getSession: traced('get-session', (...input) => gateway.getSession(...input)),
    capture: traced('capture', (...input) => gateway.capture(...input)),
    void: traced('void', (...input) => gateway.void(...input)),
    refund: traced('refund', (...input) => gateway.refund(...input)),
    getIntent: traced('get-intent', (...input) => gateway.getIntent(...input)),
    getDispute: traced('get-dispute', (...input) => gateway.getDispute(...input)),
    listDisputes: traced('list-disputes', (...input) => gateway.listDisputes(...input)),
    listBalanceTransactions: traced('list-movements', (...input) => gateway.listBalanceTransactions(...input)),
    readEvent: (body, signature) => gateway.readEvent(body, signature),
    withDeadline: (deadline) => traceGateway(gateway.withDeadline(deadline)),
  };
}
