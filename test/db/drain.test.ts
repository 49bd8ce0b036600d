import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Drain, drain } from '../../src/db/drain.ts';
import type { Queue } from '../../src/db/drain.ts';
import { startTestApp } from '../support/server/app.ts';
import type { TestApp } from '../support/server/app.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'info' });
});
afterAll(() => t.close());

/** A queue in memory whose rows are done as `run` says. */
function queueOf(rows: string[], run: (row: string) => Promise<void>): Queue<string> {
  return { name: 'test', claim: async (_ctx, limit) => rows.splice(0, limit), run: (_ctx, row) => run(row) };
}

test('a row that hangs keeps no other waiting, not even one that comes later', async () => {
  const done: string[] = [];
  const { promise: hanging, resolve: letGo } = Promise.withResolvers<undefined>();
  const rows = ['hangs', 'second'];
  const work = new Drain(
    t.ctx,
    queueOf(rows, async (row) => {
      if (row === 'hangs') await hanging;
      done.push(row);
    }),
  );
  expect(await work.take()).toBe(2);
  await work.oneDone();
  rows.push('third');
  expect(await work.take()).toBe(1);
  await vi.waitFor(() => {
    expect(done).toEqual(['second', 'third']);
  });
  letGo(undefined);
  await work.allDone();
  expect(done).toEqual(['second', 'third', 'hangs']);
});

test('no more rows are claimed than there are free places', async () => {
  const asked: number[] = [];
  const { promise: hanging, resolve: letGo } = Promise.withResolvers<undefined>();
  const rows = Array.from({ length: 50 }, (_, index) => String(index));
  const queue = queueOf(rows, async () => hanging);
  const work = new Drain(t.ctx, {
    ...queue,
    claim: async (ctx, limit) => {
      asked.push(limit);
      return queue.claim(ctx, limit);
    },
  });
  const first = await work.take();
  expect(await work.take()).toBe(0);
  expect(asked).toEqual([first]);
  letGo(undefined);
  await work.allDone();
  expect(await drain(t.ctx, queue)).toBe(50 - first);
});

test('a row that fails is logged, and the others are done', async () => {
  const done: string[] = [];
  const queue = queueOf(['fails', 'works'], async (row) => {
    if (row === 'fails') throw new Error('broken');
    done.push(row);
  });
  expect(await drain(t.ctx, queue)).toBe(2);
  expect(done).toEqual(['works']);
  expect(t.logged.find(({ event }) => event === 'job/test')).toMatchObject({ outcome: 'failed' });
});
