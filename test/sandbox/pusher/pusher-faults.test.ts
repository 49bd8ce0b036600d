import { expect, it, vi } from 'vitest';
import { listen, openPusherSandbox, requestError } from '../../support/sandbox/pusher-sandbox.ts';

it.each([
  ['status_500', { status: 500 }, 0],
  ['error_after', { status: 500 }, 1],
  ['drop_before', { error: { code: 'ECONNRESET' } }, 0],
  ['drop_after', { error: { code: 'ECONNRESET' } }, 1],
  ['hang', { error: { type: 'aborted' } }, 0],
])('%s: the publisher is not told, the journal knows', async (kind, failure, effects) => {
  await using sandbox = await openPusherSandbox();
  const { heard } = await listen(await sandbox.connect(), 'c');
  const server = sandbox.serverWith({ timeout: 150 });
  await sandbox.control('POST faults', { next: [kind] });
  expect(await requestError(server.trigger('c', 'struck', {}))).toMatchObject(failure);
  await server.trigger('c', 'after', {});
  await vi.waitFor(() => {
    expect(heard.at(-1)).toMatchObject({ name: 'after' });
  });
  const published: { name: string }[] = await sandbox.control('GET published');
  expect(published.map(({ name }) => name)).toEqual([...Array<string>(effects).fill('struck'), 'after']);
  expect(heard.map(({ name }) => name)).toEqual(published.map(({ name }) => name));
});

it('a slow publication goes well, and one nobody waits for any more still comes about', async () => {
  await using sandbox = await openPusherSandbox();
  await sandbox.control('POST faults', { next: ['slow', 'slow'], slowMs: 300 });
  expect(await (await sandbox.server.trigger('c', 'awaited', {})).json()).toEqual({});
  const impatient = sandbox.serverWith({ timeout: 30 });
  expect(await requestError(impatient.trigger('c', 'given-up', {}))).toMatchObject({ error: { type: 'aborted' } });
  await sandbox.server.trigger('c', 'overtaking', {});
  await vi.waitFor(async () => {
    expect(await sandbox.control('GET published')).toMatchObject([
      { name: 'awaited' },
      { name: 'overtaking' },
      { name: 'given-up' },
    ]);
  });
});

it('a hang that ends is answered as a gateway would', async () => {
  await using sandbox = await openPusherSandbox();
  await sandbox.control('POST faults', { next: ['hang'], hangMs: 20 });
  expect(await requestError(sandbox.server.trigger('c', 'n', {}))).toMatchObject({ status: 504 });
  expect(await sandbox.control('GET published')).toEqual([]);
});

it('a batch is struck as one: all of it is published, or none', async () => {
  await using sandbox = await openPusherSandbox();
  const batch = () => ['a', 'b', 'c'].map((name) => ({ channel: 'c', name, data: {} }));
  await sandbox.control('POST faults', { next: ['status_500', 'error_after'] });
  expect(await requestError(sandbox.server.triggerBatch(batch()))).toMatchObject({ status: 500 });
  expect(await sandbox.control('GET published')).toHaveLength(0);
  expect(await requestError(sandbox.server.triggerBatch(batch()))).toMatchObject({ status: 500 });
  expect(await sandbox.control('GET published')).toHaveLength(3);
});

it('faults strike only what would have been published', async () => {
  await using sandbox = await openPusherSandbox();
  await sandbox.control('POST faults', { next: ['status_500'] });
  expect(await requestError(sandbox.server.trigger('c', 'n', 'x'.repeat(10_241)))).toMatchObject({ status: 413 });
  expect(await requestError(sandbox.serverWith({ secret: 'forged' }).trigger('c', 'n', {}))).toMatchObject({
    status: 401,
  });
  await sandbox.server.get({ path: '/channels' });
  expect(await sandbox.control('GET faults')).toMatchObject({ next: ['status_500'], struck: {} });
});

it('faults of chance are the same for the same seed, as often as was said, and of the kinds that were named', async () => {
  const outcomes = async (seed: number) => {
    await using sandbox = await openPusherSandbox();
    await sandbox.control('POST faults', { rate: 0.3, kinds: ['status_500', 'error_after'], seed });
    const outcome: string[] = [];
    for (let round = 0; round < 100; round += 1) {
      const before = (await sandbox.control('GET published')).length as number;
      const isTold = await sandbox.server.trigger('c', 'n', {}).then(
        () => true,
        () => false,
      );
      const hasEffect = (await sandbox.control('GET published')).length > before;
      outcome.push(isTold ? 'well' : hasEffect ? 'after' : 'before');
    }
    return outcome;
  };
  const [first, again, other] = await Promise.all([outcomes(7), outcomes(7), outcomes(8)]);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  const count = (wanted: string) => first.filter((outcome) => outcome === wanted).length;
  expect(count('well')).toBeGreaterThan(50);
  expect(count('well')).toBeLessThan(90);
  expect(count('before')).toBeGreaterThan(0);
  expect(count('after')).toBeGreaterThan(0);
});

it('faults can be taken back', async () => {
  await using sandbox = await openPusherSandbox();
  await sandbox.control('POST faults', { rate: 1, kinds: ['status_500'], next: ['drop_before'] });
  await requestError(sandbox.server.trigger('c', 'n', {}));
  expect(await requestError(sandbox.server.trigger('c', 'n', {}))).toMatchObject({ status: 500 });
  expect(await sandbox.control('DELETE faults')).toMatchObject({ rate: 0, kinds: [], next: [] });
  await sandbox.server.trigger('c', 'n', {});
  expect(await sandbox.control('GET published')).toHaveLength(1);
});

it('an order the sandbox does not understand is refused', async () => {
  await using sandbox = await openPusherSandbox();
  for (const order of [{}, { next: ['explode'] }, { next: [] }, { rate: 2 }, { rate: 0.1, unknown: 1 }]) {
    await expect(sandbox.control('POST faults', order)).rejects.toThrow('400');
  }
  await expect(sandbox.control('POST nonsense')).rejects.toThrow('404');
  expect(await sandbox.control('GET faults')).toEqual({ rate: 0, kinds: [], next: [], struck: {} });
});
