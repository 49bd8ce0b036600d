import cors from '@fastify/cors';
import { randomUUIDv7 } from 'node:crypto';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Context } from './context.ts';
import { isTimeout } from './db/connection/sql-error.ts';
import type { RequestCounter } from './domain/ports/request-counter.ts';
import { useConfiguredProperty } from './http/access/configured-property.ts';
import { countInProcess } from './http/limits/count-in-process.ts';
import { handleErrors, sendFrameworkError } from './http/error-handler.ts';
import {
  adminsOnly,
  agentsOnly,
  guestsOnly,
  openToAnyone,
  staffOnly,
  usersAndGuests,
  usersOnly,
} from './http/access/guards.ts';
import { keepPrivate } from './http/access/keep-private.ts';
import { invalidateOnChange } from './http/response-cache/cached-responses.ts';
import { limitAddresses, limitCallers, limitUnknownPaths } from './http/limits/limits.ts';
import { ADDRESS_LIMITS, CALLER_LIMITS } from './http/limits/rate-limits.ts';
import { shedLoad } from './http/limits/shed-load.ts';
import { measureRequests } from './http/observability/metrics.ts';
import { documentApi } from './http/openapi.ts';
import { sendScopeHeaders, openRequestContexts } from './http/request-context.ts';
import type { Scope } from './http/scope.ts';
import { sendSecurityHeaders } from './http/access/security-headers.ts';
import { compileValidator } from './http/validation/compile-validator.ts';
import { acceptJsonOnly } from './http/contract/json-body.ts';
import { endStreamsOnStop } from './http/contract/server-sent-events.ts';
import { traceRequests } from './http/observability/tracing.ts';
import { agentEnvelopeRoutes } from './routes/agent/transports/envelope-routes.ts';
import { llmsRoutes } from './routes/agent/transports/llms-routes.ts';
import { mcpRoutes } from './routes/agent/transports/mcp-routes.ts';
import { agentToolRoutes } from './routes/agent/transports/tool-routes.ts';
import { authRoutes } from './routes/auth/auth-routes.ts';
import { meRoutes } from './routes/auth/me-routes.ts';
import { COMPAT_SCOPES } from './routes/compat/compat-scopes.ts';
import { guestBookingRoutes } from './routes/guest/booking-routes.ts';
import { guestCalendarRoutes } from './routes/guest/calendar-routes.ts';
import { managePageRoutes } from './routes/guest/manage-page/manage-page.ts';
import { guestWalletRoutes } from './routes/guest/wallet-routes.ts';
import { guestReceiptRoutes } from './routes/guest/receipt-routes.ts';
import { paymentSessionRoutes } from './routes/guest/payment-session-routes.ts';
import { healthRoutes } from './routes/ops/health-routes.ts';
import { invariantRoutes } from './routes/ops/invariant-routes.ts';
import { metricsRoutes } from './routes/ops/metrics-routes.ts';
import { publicAvailabilityRoutes } from './routes/public/availability-routes.ts';
import { publicBookingRoutes } from './routes/public/booking-routes.ts';
import { calendarFeedRoutes } from './routes/public/calendar-feed-routes.ts';
import { publicQuoteRoutes } from './routes/public/quote-routes.ts';
import { publicPropertyRoutes } from './routes/public/property-routes.ts';
import { realtimeRoutes } from './routes/auth/realtime-routes.ts';
import { staffApiKeyRoutes } from './routes/staff/api-key-routes.ts';
import { staffBookingActionRoutes } from './routes/staff/bookings/booking-action-routes.ts';
import { staffBookingRoutes } from './routes/staff/bookings/booking-routes.ts';
import { staffCalendarLinkRoutes } from './routes/staff/providers/calendar-link-routes.ts';
import { staffCalendarRoutes } from './routes/staff/bookings/calendar-routes.ts';
import { staffCustomerRoutes } from './routes/staff/customer-routes.ts';
import { staffDisputeRoutes } from './routes/staff/dispute-routes.ts';
import { staffEventRoutes } from './routes/staff/event-routes.ts';
import { staffInventoryRoutes } from './routes/staff/catalogue/inventory-routes.ts';
import { staffProviderHoursRoutes } from './routes/staff/providers/provider-hours-routes.ts';
import { staffPromoRoutes } from './routes/staff/catalogue/promo-routes.ts';
import { staffProviderRoutes } from './routes/staff/providers/provider-routes.ts';
import { staffMoneyRoutes } from './routes/staff/bookings/money-routes.ts';
import { staffReportRoutes } from './routes/staff/report-routes.ts';
import { staffRescheduleRoutes } from './routes/staff/bookings/reschedule-routes.ts';
import { staffRoomAssignmentRoutes } from './routes/staff/bookings/room-assignment-routes.ts';
import { staffRoomRoutes } from './routes/staff/catalogue/room-routes.ts';
import { staffRoomTypeRoutes } from './routes/staff/catalogue/room-type-routes.ts';
import { staffServiceRoutes } from './routes/staff/catalogue/service-routes.ts';
import { staffSettingsRoutes } from './routes/staff/catalogue/settings-routes.ts';
import { staffTaxRoutes } from './routes/staff/catalogue/tax-routes.ts';
import { staffTimeOffRoutes } from './routes/staff/providers/time-off-routes.ts';
import { staffWebhookEventRoutes } from './routes/staff/webhook-event-routes.ts';
import { staffZoneRoutes } from './routes/staff/catalogue/zone-routes.ts';
import { stripeWebhookRoutes } from './routes/webhooks/stripe-routes.ts';

const MAX_BODY_BYTES = 256 * 1024;
/** Exceeds every valid path parameter, so that a longer parameter meets the route's own validation. */
const MAX_PATH_PART = 500;
/** Time limit for receiving a request, and again for handling the request: the last step of the timeout ladder. */
const REQUEST_TIMEOUT_MS = 10_000;

/** All routes, grouped by path prefix and permitted callers. */
const SCOPES: readonly Scope[] = [
  {
    prefix: '/api/v1/public/properties/:slug',
    guard: openToAnyone,
    limit: ADDRESS_LIMITS.public,
    routes: [publicPropertyRoutes, publicAvailabilityRoutes, publicQuoteRoutes, publicBookingRoutes],
  },
  {
    prefix: '/api/v1/public/properties/:slug/bookings/:code',
    guard: guestsOnly,
    limit: ADDRESS_LIMITS.guests,
    routes: [paymentSessionRoutes],
  },
  {
    prefix: '/api/v1/guest',
    guard: guestsOnly,
    limit: ADDRESS_LIMITS.guests,
    routes: [guestBookingRoutes, guestReceiptRoutes, guestCalendarRoutes, guestWalletRoutes],
  },
  { prefix: '/api/v1/auth', guard: openToAnyone, limit: ADDRESS_LIMITS.session, routes: [authRoutes] },
  { prefix: '/api/v1/auth', guard: usersOnly, limit: null, routes: [meRoutes] },
  {
    prefix: '/api/v1/staff/properties/:slug',
    guard: staffOnly,
    limit: null,
    routes: [
      staffBookingRoutes,
      staffBookingActionRoutes,
      staffRoomAssignmentRoutes,
      staffRoomRoutes,
      staffRoomTypeRoutes,
      staffInventoryRoutes,
      staffServiceRoutes,
      staffProviderRoutes,
      staffProviderHoursRoutes,
      staffTimeOffRoutes,
      staffCalendarLinkRoutes,
      staffCalendarRoutes,
      staffZoneRoutes,
      staffPromoRoutes,
      staffTaxRoutes,
      staffSettingsRoutes,
      staffApiKeyRoutes,
      staffWebhookEventRoutes,
      staffDisputeRoutes,
      staffEventRoutes,
      staffRescheduleRoutes,
      staffMoneyRoutes,
      staffCustomerRoutes,
      staffReportRoutes,
    ],
  },
  {
    prefix: '/api/v1/agent/properties/:slug',
    guard: agentsOnly,
    limit: null,
    routes: [agentToolRoutes, agentEnvelopeRoutes],
  },
  { prefix: '', guard: agentsOnly, limit: null, routes: [mcpRoutes] },
  {
    prefix: '/api/v1/realtime',
    guard: usersAndGuests,
    limit: null,
    callerLimit: CALLER_LIMITS.realtime,
    routes: [realtimeRoutes],
  },
  { prefix: '/api/v1/webhooks', guard: openToAnyone, limit: null, routes: [stripeWebhookRoutes] },
  { prefix: '/api/v1/ops', guard: adminsOnly, limit: null, routes: [invariantRoutes] },
  { prefix: '', guard: openToAnyone, limit: ADDRESS_LIMITS.public, routes: [managePageRoutes, llmsRoutes] },
  { prefix: '/calendars', guard: openToAnyone, limit: ADDRESS_LIMITS.public, routes: [calendarFeedRoutes] },
  ...COMPAT_SCOPES,
  { prefix: '', guard: openToAnyone, limit: null, routes: [metricsRoutes] },
];

/** Builds the HTTP application: shared hooks first, then every route. Opens no port; main.ts and tests do. */
export async function buildApp(ctx: Context, counter: RequestCounter = countInProcess()): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = ctx.log;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    handlerTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PATH_PART },
    frameworkErrors: sendFrameworkError,
    trustProxy: ctx.config.TRUST_PROXY.length > 0 ? [...ctx.config.TRUST_PROXY] : false,
    genReqId: () => randomUUIDv7(),
    // A stop closes idle connections and waits for active requests, so that stopping takes as long as the slowest one.
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(compileValidator);
  // Validating responses costs a third of the throughput and would fail after the write: only tests validate.
  app.setSerializerCompiler(ctx.config.NODE_ENV === 'test' ? serializerCompiler : () => JSON.stringify);
  app.decorateRequest('caller');
  app.decorate('requestCounter', counter);

  if (ctx.config.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined) traceRequests(app);
  handleErrors(app, isTimeout);
  acceptJsonOnly(app);
  stampResponses(app);
  measureRequests(app, ctx.metrics);
  closeConnectionsOnStop(app);
  endStreamsOnStop(app);
  openRequestContexts(app, ctx);
  invalidateOnChange(app, ctx);
  sendScopeHeaders(app);
  keepPrivate(app);
  await sendSecurityHeaders(app, { isHttps: ctx.config.PUBLIC_URL.startsWith('https:') });
  await app.register(cors, {
    origin: [...ctx.config.CORS_ORIGINS],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['ETag', 'Idempotent-Replayed', 'Preference-Applied', 'Retry-After', 'X-Request-Id'],
  });
  // Registered after the hooks that set response headers, so that a 503 carries the headers too.
  shedLoad(app);
  limitUnknownPaths(app, ctx.config);
  await documentApi(app, ctx);

  await app.register(healthRoutes(ctx));
  for (const scope of SCOPES) {
    await app.register(
      async (scoped) => {
        await limitAddresses(scoped, ctx.config, scope.limit);
        const { property } = scope;
        if (property !== undefined) useConfiguredProperty(scoped, (request) => property(ctx.config, request));
        scope.guard(scoped, ctx);
        limitCallers(scoped, ctx.config, scope);
        for (const routes of scope.routes) await scoped.register(routes(ctx));
      },
      { prefix: scope.prefix },
    );
  }
  return app;
}

/** Adds the request id and the handling time to every response. */
function stampResponses(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    reply.header('server-timing', `app;dur=${reply.elapsedTime.toFixed(1)}`);
    done();
  });
}

/** Closes each connection after its last response while stopping: a kept-alive connection would delay the stop. */
function closeConnectionsOnStop(app: FastifyInstance): void {
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStopping) reply.header('connection', 'close');
    done();
  });
}
