import { setTimeout as wait } from 'node:timers/promises';
import { send, waitWhileConnected } from '../../http/exchange.ts';
import type { Incoming } from '../../http/exchange.ts';
import type { Fault, Faults } from '../http/faults.ts';
import { StripeFailure } from '../http/stripe-failure.ts';
import { applyElapsedTime } from '../sandbox.ts';
import type { Sandbox } from '../sandbox.ts';
import type { StoredResponse } from '../world/entry.ts';
import { decodeRequest, execute, headersFor, toRecordedRequest } from './execute-request.ts';
import type { ApiRequest, Outcome } from './execute-request.ts';

/** Serves the API at `/v1/…`, with injected faults, until `stopped`. */
export function makeApi(sandbox: Sandbox, faults: Faults, stopped: AbortSignal): (incoming: Incoming) => Promise<void> {
  /** Idempotency keys of requests in progress. */
  const running = new Set<string>();

  return async (incoming) => {
    applyElapsedTime(sandbox);
    const request = decodeRequest(incoming);
    const fault = faults.take(request.method, request.path);
    if (fault?.kind === 'drop_before') {
      recordLost(sandbox, request, fault);
      incoming.response.destroy();
      return;
    }
    if (request.key !== null && running.has(request.key)) {
      reply(sandbox, request, keyInUse(request.key), fault);
      return;
    }
    if (fault?.kind === 'hang_before' && !(await hang(request, fault, running, stopped))) {
      if (!stopped.aborted) recordLost(sandbox, request, fault);
      return;
    }
    const response = executeOnce(sandbox, request, fault ?? null);
    if (fault?.kind === 'hang_after') await waitWhileConnected(incoming.response, fault.hangMs);
    if (fault?.kind === 'drop_after') incoming.response.destroy();
    else if (!incoming.response.destroyed) send(incoming.response, response);
  };
}

/** Delays a request, with the idempotency key in use. Returns: true when the request is to be executed. */
async function hang(request: ApiRequest, fault: Fault, running: Set<string>, stopped: AbortSignal): Promise<boolean> {
  if (request.key !== null) running.add(request.key);
  try {
    if (!fault.isLate) return await waitWhileConnected(request.incoming.response, fault.hangMs);
    return await wait(fault.hangMs, true, { signal: stopped }).catch(() => false);
  } finally {
    if (request.key !== null) running.delete(request.key);
  }
}

/** Executes a request, or replays the stored response of the idempotency key. */
function executeOnce(sandbox: Sandbox, request: ApiRequest, fault: Fault | null) {
  const first = request.key === null ? undefined : sandbox.world.findResponse(request.key);
  if (first === undefined) {
    const { status, body } = execute(sandbox, request, fault);
    return { status, headers: headersFor(request), body };
  }
  const mismatch = findMismatch(request, first);
  if (mismatch !== null) return toReply(sandbox, request, mismatch, fault);
  const outcome: Outcome = { status: first.status, body: first.body, failure: null };
  sandbox.commit({ request: toRecordedRequest(request, outcome, { fault: fault?.kind ?? null, replayed: true }) });
  return { status: first.status, headers: headersFor(request, first), body: first.body };
}

/** Checks that a repeated key comes with the endpoint and the parameters of the first request. */
function findMismatch(request: ApiRequest, first: StoredResponse): StripeFailure | null {
  const type = 'idempotency_error';
  if (first.path !== request.path || first.method !== request.method) {
    return new StripeFailure(
      400,
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${request.path}' vs '${first.path}'). Try using a key other than '${first.key}' if you meant to execute a different request.`,
      { type },
    );
  }
  if (first.fingerprint === request.fingerprint) return null;
  return new StripeFailure(
    400,
    `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${first.key}' if you meant to execute a different request.`,
    { type },
  );
}

function keyInUse(key: string): StripeFailure {
  return new StripeFailure(
    409,
    `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    { code: 'idempotency_key_in_use' },
  );
}

function toReply(sandbox: Sandbox, request: ApiRequest, failure: StripeFailure, fault: Fault | null) {
  const { status } = failure;
  sandbox.commit({ request: toRecordedRequest(request, { status, failure }, { fault: fault?.kind ?? null }) });
  return { status, headers: headersFor(request), body: JSON.stringify(failure.toBody(request.id)) };
}

function reply(sandbox: Sandbox, request: ApiRequest, failure: StripeFailure, fault: Fault | undefined): void {
  send(request.incoming.response, toReply(sandbox, request, failure, fault ?? null));
}

function recordLost(sandbox: Sandbox, request: ApiRequest, fault: Fault): void {
  if (request.method === 'POST') sandbox.commit({ request: toRecordedRequest(request, null, { fault: fault.kind }) });
}
