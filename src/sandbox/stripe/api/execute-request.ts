import { decodeForm, fingerprint } from '../http/form.ts';
import type { FormTree } from '../http/form.ts';
import { headerOf } from '../../http/exchange.ts';
import type { Incoming, Reply } from '../../http/exchange.ts';
import { StripeFailure } from '../http/stripe-failure.ts';
import { contentOf } from '../sandbox.ts';
import type { Sandbox } from '../sandbox.ts';
import { startChange } from '../world/change.ts';
import type { StoredResponse } from '../world/entry.ts';
import { API_VERSION, randomText } from '../world/objects.ts';
import { readParameters } from './parameters.ts';
import { assertExpandable, render } from './render.ts';
import type { Call, Route } from './route.ts';
import { ROUTES } from './routes.ts';

/** Stripe's limit. */
const MAX_KEY_LENGTH = 255;

/** A decoded API request, before any check of parameters. */
export interface ApiRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly form: FormTree;
  /** The Idempotency-Key of a POST; null for other methods. */
  readonly key: string | null;
  readonly fingerprint: string;
  readonly incoming: Incoming;
}

export interface Outcome {
  readonly status: number;
  readonly body: string;
  readonly failure: StripeFailure | null;
}

/** Decodes an API request. */
export function decodeRequest(incoming: Incoming): ApiRequest {
  const { method, path, query, body } = incoming;
  const form = decodeForm(method === 'POST' ? [query, body].filter(Boolean).join('&') : query);
  const key = method === 'POST' ? headerOf(incoming, 'idempotency-key') : null;
  return { id: `req_${randomText(14)}`, method, path, form, key, fingerprint: fingerprint(form), incoming };
}

/** Executes a request atomically and writes the journal entry before the response. */
export function execute(
  sandbox: Sandbox,
  request: ApiRequest,
  fault: { kind: string; status: number } | null,
): Outcome {
  const { world, settings } = sandbox;
  const change = startChange(world.nowSeconds(), { requestId: request.id, idempotencyKey: request.key });
  let outcome: Outcome;
  try {
    if (fault?.kind === 'error_before') throw makeInjectedError(fault.status);
    assertAuthorized(request.incoming);
    assertForm(request.incoming);
    assertKey(request);
    const { route, id } = findRoute(request);
    const input = readParameters(route.schema, request.form);
    const { expand = [] } = input as { expand?: readonly string[] };
    assertExpandable(route.returns, expand, route.isList);
    const call: Call = { world, change, path: request.path, id, publicUrl: settings.publicUrl };
    const result = route.run(call, input);
    // The response shows the changed objects and belongs to the same journal entry.
    world.apply({ objects: change.objects });
    outcome = { status: 200, body: render(world, result, expand), failure: null };
    if (fault?.kind === 'error_after') outcome = toFailure(request, makeInjectedError(fault.status));
  } catch (error) {
    if (!(error instanceof StripeFailure)) throw error;
    outcome = toFailure(request, error);
  }
  if (request.method === 'POST') {
    const answer = toStoredResponse(request, outcome, world.nowSeconds());
    sandbox.commit({
      request: toRecordedRequest(request, outcome, { fault: fault?.kind ?? null }),
      ...(answer && { answer }),
      ...contentOf(change),
    });
  }
  return outcome;
}

function makeInjectedError(status: number): StripeFailure {
  if (status === 429) return new StripeFailure(429, 'Too many requests.', { code: 'rate_limit' }, true);
  return new StripeFailure(status, 'An error occurred with our connection to Stripe.', { type: 'api_error' });
}

function toFailure(request: ApiRequest, failure: StripeFailure): Outcome {
  return { status: failure.status, body: JSON.stringify(failure.toBody(request.id)), failure };
}

/** Builds the journal entry of a request. A null outcome means that the request was lost before execution. */
export function toRecordedRequest(
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

/** Builds the stored response of an idempotency key: errors included, except errors raised before execution. */
function toStoredResponse(request: ApiRequest, outcome: Outcome, at: number): StoredResponse | null {
  if (request.key === null || outcome.failure?.isBeforeExecution === true) return null;
  const { method, path, fingerprint: parameters, id: requestId, key } = request;
  return { key, method, path, fingerprint: parameters, requestId, status: outcome.status, body: outcome.body, at };
}

function assertAuthorized(incoming: Incoming): void {
  const [scheme, key = ''] = (headerOf(incoming, 'authorization') ?? '').split(' ');
  if (scheme === 'Bearer' && key.startsWith('sk_test_')) return;
  const message =
    key === ''
      ? 'You did not provide an API key.'
      : `Invalid API Key provided: ${key.slice(0, 8)}… (the sandbox accepts any key that begins with sk_test_)`;
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

/** Refuses a key longer than Stripe stores. */
function assertKey({ key }: ApiRequest): void {
  if (key === null || key.length <= MAX_KEY_LENGTH) return;
  const message = `The idempotency key is ${String(key.length)} characters long; it can have up to ${String(MAX_KEY_LENGTH)} characters.`;
  throw new StripeFailure(400, message, { type: 'idempotency_error' }, true);
}

function findRoute(request: ApiRequest): { route: Route; id: string } {
  for (const route of ROUTES) {
    if (route.method !== request.method) continue;
    const id = matchPath(route.path, request.path);
    if (id !== null) return { route, id };
  }
  throw new StripeFailure(404, `Unrecognized request URL (${request.method}: ${request.path}).`, {}, true);
}

/** Matches a path with a route pattern. Returns: the id in the path, '' for a route without id, null for no match. */
function matchPath(pattern: string, path: string): string | null {
  const expected = pattern.split('/');
  const given = path.split('/');
  if (expected.length !== given.length) return null;
  if (!expected.every((part, index) => part === ':id' || part === given[index])) return null;
  const position = expected.indexOf(':id');
  return position < 0 ? '' : decodeURIComponent(given[position] ?? '');
}

/** Builds the headers of an API response. `first` is the stored response of a replay. */
export function headersFor(request: ApiRequest, first?: StoredResponse): Reply['headers'] {
  return {
    'content-type': 'application/json',
    'request-id': request.id,
    'stripe-version': headerOf(request.incoming, 'stripe-version') ?? API_VERSION,
    ...(request.key !== null && { 'idempotency-key': request.key, 'original-request': first?.requestId ?? request.id }),
    ...(first && { 'idempotent-replayed': 'true' }),
  };
}
