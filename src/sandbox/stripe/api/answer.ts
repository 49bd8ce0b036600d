import { decodeForm, fingerprint } from '../http/form.ts';
import type { FormTree } from '../http/form.ts';
import { headerOf } from '../../http/exchange.ts';
import type { Incoming, Reply } from '../../http/exchange.ts';
import { StripeFailure } from '../http/stripe-failure.ts';
import { contentOf } from '../sandbox.ts';
import type { Sandbox } from '../sandbox.ts';
import { startChange } from '../world/change.ts';
import type { StoredAnswer } from '../world/entry.ts';
import { API_VERSION, randomText } from '../world/objects.ts';
import { readParameters } from './parameters.ts';
import { assertExpandable, render } from './render.ts';
import type { Call, Route } from './route.ts';
import { ROUTES } from './routes.ts';

/** A request to the API, understood as far as it can be without doing anything. */
export interface ApiRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly form: FormTree;
  /** Only POSTs have one. */
  readonly key: string | null;
  readonly fingerprint: string;
  readonly incoming: Incoming;
}

export interface Outcome {
  readonly status: number;
  readonly body: string;
  readonly failure: StripeFailure | null;
}

export function understand(incoming: Incoming): ApiRequest {
  const { method, path, query, body } = incoming;
  const form = decodeForm(method === 'POST' ? [query, body].filter(Boolean).join('&') : query);
  const key = method === 'POST' ? headerOf(incoming, 'idempotency-key') : null;
  return { id: `req_${randomText(14)}`, method, path, form, key, fingerprint: fingerprint(form), incoming };
}

/** Does what is asked, all of it or nothing, and writes it down before it answers. */
export function execute(
  sandbox: Sandbox,
  request: ApiRequest,
  fault: { kind: string; status: number } | null,
): Outcome {
  const { world, settings } = sandbox;
  const change = startChange(world.nowSeconds(), { requestId: request.id, idempotencyKey: request.key });
  let outcome: Outcome;
  try {
    if (fault?.kind === 'error_before') throw brokenBy(fault.status);
    assertAuthorized(request.incoming);
    assertForm(request.incoming);
    const { route, id } = findRoute(request);
    const input = readParameters(route.schema, request.form);
    const { expand = [] } = input as { expand?: readonly string[] };
    assertExpandable(route.answers, expand, route.isList);
    const call: Call = { world, change, path: request.path, id, publicUrl: settings.publicUrl };
    const result = route.run(call, input);
    // The answer shows the objects as they now are, and is part of the same journal entry.
    world.apply({ objects: change.objects });
    outcome = { status: 200, body: render(world, result, expand), failure: null };
    if (fault?.kind === 'error_after') outcome = fail(request, brokenBy(fault.status));
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    outcome = fail(request, error);
  }
  if (request.method === 'POST') {
    const answer = keep(request, outcome, world.nowSeconds());
    sandbox.commit({
      request: record(request, outcome, { fault: fault?.kind ?? null }),
      ...(answer && { answer }),
      ...contentOf(change),
    });
  }
  return outcome;
}

function brokenBy(status: number): StripeFailure {
  if (status === 429) return new StripeFailure(429, 'Too many requests.', { code: 'rate_limit' }, true);
  return new StripeFailure(status, 'An error occurred with our connection to Stripe.', { type: 'api_error' });
}

function fail(request: ApiRequest, failure: StripeFailure): Outcome {
  return { status: failure.status, body: JSON.stringify(failure.toBody(request.id)), failure };
}

/** The line of the journal that tells of a request; a null outcome is one that went no further. */
export function record(
  request: ApiRequest,
  outcome: { status: number; failure: StripeFailure | null } | null,
  { fault, replayed = false }: { fault: string | null; replayed?: boolean },
) {
  const failure = outcome?.failure ?? null;
  return {
    at: new Date().toISOString(),
    id: request.id,
    method: request.method,
    path: request.path,
    params: request.form,
    idempotencyKey: request.key,
    status: outcome?.status ?? null,
    error: failure && {
      type: failure.content.type ?? 'invalid_request_error',
      code: failure.content.code ?? null,
      message: failure.message,
    },
    replayed,
    fault,
  };
}

/** What is kept under the key: every answer of an execution, errors too, but not that of a request refused unseen. */
function keep(request: ApiRequest, outcome: Outcome, at: number): StoredAnswer | null {
  if (request.key === null || outcome.failure?.isBeforeExecution === true) return null;
  const { method, path, fingerprint: print, id: requestId, key } = request;
  return { key, method, path, fingerprint: print, requestId, status: outcome.status, body: outcome.body, at };
}

function assertAuthorized(incoming: Incoming): void {
  const [scheme, key = ''] = (headerOf(incoming, 'authorization') ?? '').split(' ');
  if (scheme === 'Bearer' && key.startsWith('sk_test_')) return;
  const message =
    key === ''
      ? 'You did not provide an API key.'
      : `Invalid API Key provided: ${key.slice(0, 8)}… (the sandbox takes any sk_test_ key)`;
  throw new StripeFailure(401, message, {}, true);
}

function assertForm(incoming: Incoming): void {
  const type = headerOf(incoming, 'content-type') ?? '';
  if (incoming.body === '' || type.startsWith('application/x-www-form-urlencoded')) return;
  throw new StripeFailure(
    400,
    `Invalid request (check that your POST content type is application/x-www-form-urlencoded). It was ${type}.`,
    {},
    true,
  );
}

function findRoute(request: ApiRequest): { route: Route; id: string } {
  for (const route of ROUTES) {
    if (route.method !== request.method) continue;
    const id = matchPath(route.path, request.path);
    if (id !== null) return { route, id };
  }
  throw new StripeFailure(404, `Unrecognized request URL (${request.method}: ${request.path}).`, {}, true);
}

/** The id in the path, '' when the route has none, null when it is another route's path. */
function matchPath(pattern: string, path: string): string | null {
  const expected = pattern.split('/');
  const given = path.split('/');
  if (expected.length !== given.length) return null;
  if (!expected.every((part, index) => part === ':id' || part === given[index])) return null;
  const position = expected.indexOf(':id');
  return position < 0 ? '' : decodeURIComponent(given[position] ?? '');
}

/** What every answer of the API carries. */
export function headersFor(request: ApiRequest, first?: StoredAnswer): Reply['headers'] {
  return {
    'content-type': 'application/json',
    'request-id': request.id,
    'stripe-version': headerOf(request.incoming, 'stripe-version') ?? API_VERSION,
    ...(request.key !== null && { 'idempotency-key': request.key, 'original-request': first?.requestId ?? request.id }),
    ...(first && { 'idempotent-replayed': 'true' }),
  };
}
