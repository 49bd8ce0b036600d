import { expect, test } from 'vitest';
import type { PropertyChange } from '../../../src/domain/feed/property-change.ts';
import { all, MAY, openCache } from '../../support/http/response-cache.ts';

const nights = (from: string, to: string): PropertyChange[] => [{ slug: 'harbour', touched: [{ from, to }] }];

test('a change of some nights takes the answers that show one of them, and no others', async () => {
  const touching = [
    ['2027-04-30', '2027-05-02'],
    ['2027-05-31', '2027-06-01'],
    ['2027-05-31', '2028-01-01'],
    ['2027-05-14', '2027-05-15'],
    ['2000-01-01', '2099-12-31'],
  ] as const;
  for (const [from, to] of touching) {
    const { cache, look } = openCache();
    await look('harbour');
    cache.invalidate(nights(from, to));
    expect(await look('harbour'), `${from} ${to}`).toBe('read 2');
  }
  const apart = [
    ['2027-04-01', '2027-05-01'],
    ['2027-06-01', '2027-06-02'],
    ['2026-05-14', '2026-05-15'],
  ] as const;
  const { cache, look } = openCache();
  await look('harbour');
  for (const [from, to] of apart) cache.invalidate(nights(from, to));
  cache.invalidate([{ slug: 'harbour', touched: [] }]);
  cache.invalidate([{ slug: 'palace', touched: [MAY] }]);
  expect(await look('harbour')).toBe('read 1');
});

test('an answer that shows no nights is forgotten only when everything is', async () => {
  const { cache, look } = openCache();
  await look('harbour', 'who are you?', null);
  cache.invalidate(nights('2000-01-01', '2099-12-31'));
  expect(await look('harbour', 'who are you?', null)).toBe('read 1');
  cache.invalidate(all('harbour'));
  expect(await look('harbour', 'who are you?', null)).toBe('read 2');
});

test('an answer that was being read while its nights changed is not kept; one of other nights is', async () => {
  const { cache, ask, look, reads } = openCache();
  const [may, june] = [ask('harbour', 'May?', MAY), ask('harbour', 'June?', { from: '2027-06-01', to: '2027-07-01' })];
  cache.invalidate(nights('2027-05-14', '2027-05-15'));
  reads[0]?.finish('May before');
  reads[1]?.finish('June');
  await Promise.all([may, june]);
  expect(await look('harbour', 'June?', { from: '2027-06-01', to: '2027-07-01' })).toBe('June');
  expect(await look('harbour', 'May?', MAY)).toBe('read 3');
});
