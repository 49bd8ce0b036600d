import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { transaction } from '../../../src/db/transaction.ts';
import type { BookingSnapshot } from '../../../src/domain/booking/booking.ts';
import { AppError } from '../../../src/errors.ts';
import type { bookingSnapshotSchema } from '../../../src/services/core/booking/booking-snapshot-schema.ts';
import { answerOnce } from '../../../src/services/core/idempotency/answer-once.ts';
import { claimKey } from '../../../src/services/core/idempotency/claim-key.ts';
import { findResponse } from '../../../src/services/core/idempotency/find-response.ts';
import { finishRunning, recordRunning, releaseKey } from '../../../src/services/core/idempotency/running-request.ts';
import type { FirstPhase } from '../../../src/services/core/idempotency/running-request.ts';
import { storedResponse } from '../../../src/services/core/idempotency/stored-response.ts';
import type { Json } from '../../../src/services/core/idempotency/stored-response.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { requestOf } from '../../support/server/request-of.ts';
import { dumpTables } from '../../support/database/tables.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const stored = storedResponse('zone', z.object({ code: z.string() }));

/** The context of one request with this key. */
function keyed(key: string, { requestHash = 'one', isDryRun = false } = {}) {
  const idempotency = { scope: 'POST /zones', key, requestHash, network: null, wasReplayed: false };
  const ctx = requestOf(t.ctx);
  return { ...ctx, request: { ...ctx.request, isDryRun, idempotency } };
}

const claim = (request: ReturnType<typeof keyed>) => transaction(request, (tx) => claimKey(request, tx, stored));
const answer = (request: ReturnType<typeof keyed>, code: string) => answerOnce(request, stored, async () => ({ code }));

/** Commits the first phase of a request whose operation the gateway has not settled. */
async function begin(key: string): Promise<FirstPhase> {
  const phase = { bookingId: randomUUID(), operationIds: [randomUUID()], refundIds: [] };
  const request = keyed(key);
  await transaction(request, (tx) => recordRunning(request, tx, phase));
  return phase;
}

test('a repeat gets the first response and does nothing', async () => {
  expect(await answer(keyed('repeat'), 'A')).toEqual({ code: 'A' });
  const again = keyed('repeat');
  expect(await answerOnce(again, stored, () => Promise.reject(new Error('ran twice')))).toEqual({ code: 'A' });
  expect(again.request.idempotency.wasReplayed).toBe(true);
});

test('a refusal rolls its effect back and frees the key', async () => {
  const before = await dumpTables(t.database);
  const first = keyed('refused');
  const refused = answerOnce(first, stored, async (tx) => {
    await tx.feed.updateMany({ data: { lastSeq: 999n } });
    throw new AppError('already_exists');
  });
  await expect(refused).rejects.toMatchObject({ code: 'already_exists' });
  expect(await dumpTables(t.database)).toEqual(before);
  const second = keyed('refused');
  expect(await answer(second, 'B')).toEqual({ code: 'B' });
  expect(second.request.idempotency.wasReplayed).toBe(false);
});

test('a key that came first with another request is refused', async () => {
  await answer(keyed('reused'), 'A');
  const other = keyed('reused', { requestHash: 'other' });
  await expect(answer(other, 'B')).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  await expect(findResponse(other, stored)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
});

test('a repeat that meets the first request is refused at once', async () => {
  const first = answerOnce(keyed('meets'), stored, async () => {
    await expect(answer(keyed('meets'), 'B')).rejects.toMatchObject({ code: 'idempotency_in_progress' });
    return { code: 'A' };
  });
  expect(await first).toEqual({ code: 'A' });
});

test('a dry run stores nothing and finds nothing', async () => {
  await answer(keyed('dry', { isDryRun: true }), 'A');
  expect(await findResponse(keyed('dry'), stored)).toBeNull();
  await answer(keyed('dry'), 'B');
  expect(await findResponse(keyed('dry', { isDryRun: true }), stored)).toBeNull();
  expect(await findResponse(keyed('dry'), stored)).toEqual({ code: 'B' });
});

test('a running request is claimed with its first phase until its response is stored', async () => {
  const phase = await begin('running');
  const repeat = keyed('running');
  expect(await claim(repeat)).toEqual({ kind: 'RUNNING', phase });
  expect(repeat.request.idempotency.wasReplayed).toBe(false);
  await expect(findResponse(keyed('running'), stored)).rejects.toMatchObject({ code: 'idempotency_in_progress' });
  await expect(answer(keyed('running'), 'B')).rejects.toMatchObject({ code: 'idempotency_in_progress' });
  await finishRunning(keyed('running'), phase, stored, { code: 'A' });
  expect(await claim(keyed('running'))).toEqual({ kind: 'STORED', response: { code: 'A' } });
});

test('a response that is stored is neither replaced nor released', async () => {
  const phase = await begin('finished');
  await finishRunning(keyed('finished'), phase, stored, { code: 'A' });
  await finishRunning(keyed('finished'), phase, stored, { code: 'B' });
  await releaseKey(keyed('finished'), phase);
  expect(await findResponse(keyed('finished'), stored)).toEqual({ code: 'A' });
});

test('a released key is free, and whoever claims it next keeps it', async () => {
  const released = await begin('released');
  const request = keyed('released');
  request.request.idempotency.wasReplayed = true;
  await releaseKey(request, released);
  expect(request.request.idempotency.wasReplayed).toBe(false);
  expect(await claim(keyed('released'))).toEqual({ kind: 'FIRST' });
  const next = await begin('released');
  await finishRunning(keyed('released'), released, stored, { code: 'LATE' });
  await releaseKey(keyed('released'), released);
  expect(await claim(keyed('released'))).toEqual({ kind: 'RUNNING', phase: next });
});

test('a response that an older release stored gets the defaults of new members and loses unknown ones', async () => {
  const older = storedResponse('zone', z.object({ code: z.string(), colour: z.string() }));
  await answerOnce(keyed('older'), older, async () => ({ code: 'A', colour: 'red' }));
  const newer = storedResponse('zone', z.object({ code: z.string(), fee: z.number().default(0) }));
  expect(await findResponse(keyed('older'), newer)).toEqual({ code: 'A', fee: 0 });
});

test('a stored response that does not parse is our failure, and names itself', async () => {
  await answer(keyed('broken'), 'A');
  const strict = storedResponse('zone with a fee', z.object({ code: z.string(), fee: z.number() }));
  const repeat = keyed('broken');
  const failure = await findResponse(repeat, strict).catch((error: unknown) => error);
  expect(failure).not.toBeInstanceOf(AppError);
  expect(String(failure)).toContain('zone with a fee');
  expect(repeat.request.idempotency.wasReplayed).toBe(false);
});

test('a response is JSON by type: an instant is text, and no member is undefined', () => {
  expectTypeOf<{ code: string; at: Date }>().not.toExtend<Json>();
  expectTypeOf<{ code: string; total: bigint }>().not.toExtend<Json>();
  expectTypeOf<{ code: string; note: string | undefined }>().not.toExtend<Json>();
  expectTypeOf<{ readonly code: string; readonly at: string | null; readonly fee?: number }>().toExtend<Json>();
});

test('the schema of a booking reads back all that a booking has', () => {
  expectTypeOf<z.output<typeof bookingSnapshotSchema>>().toEqualTypeOf<BookingSnapshot>();
});
