import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOperations } from '../../support/http/api-document.ts';
import type { DocumentedOperation } from '../../support/http/api-document.ts';
import { refusal } from '../../support/http/problems.ts';
import { stayBody } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';

let t: TestApp;
let desk: Desk;
beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 3 });
});
afterAll(() => t.close());

const countBookings = () => t.ctx.db.booking.count({ where: { propertyId: desk.hotel.propertyId } });
const book = (prefer: string) =>
  t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody(), headers: { prefer } });

test.each(['dry-run', 'Dry-Run', 'DRY-RUN', 'respond-async, dry-run', 'dry-run; foo=bar, wait=10', ' dry-run '])(
  'Prefer: %s books nothing and says so',
  async (prefer) => {
    const before = await countBookings();
    const { status, headers } = await book(prefer);
    expect([status, headers['preference-applied']]).toEqual([200, 'dry-run']);
    expect(await countBookings()).toBe(before);
  },
);

test.each(['dry_run', 'dryrun', 'dry-run=true', 'dry run', 'dry-run, dry_run'])(
  'Prefer: %s is refused, and books nothing',
  async (prefer) => {
    const before = await countBookings();
    expect(await book(prefer)).toMatchObject(
      refusal('validation_failed', { errors: [expect.objectContaining({ path: 'Prefer' })] }),
    );
    expect(await countBookings()).toBe(before);
  },
);

test('other preferences are none of our business', async () => {
  expect((await book('return=minimal')).status).toBe(201);
});

test('settings and inventory, which have no dry run, are left as they were', async () => {
  const headers = { prefer: 'dry-run' };
  const before = await desk.call('GET', '');
  const refused = refusal('validation_failed', { errors: [expect.objectContaining({ path: 'Prefer' })] });
  expect(await desk.call('PATCH', '', { body: { holdMinutes: 33 }, headers })).toMatchObject(refused);
  const nights = { roomType: 'ROOM', from: '2027-05-01', to: '2027-05-02', price: 1 };
  expect(await desk.call('PUT', '/inventory', { body: nights, headers })).toMatchObject(refused);
  expect((await desk.call('GET', '')).body).toEqual(before.body);
});

test('every operation that writes either documents the dry run or refuses it', async () => {
  const honours = ({ parameters }: DocumentedOperation) => parameters.some(({ name }) => name === 'prefer');
  const writing = (await readOperations(t)).filter(
    ({ method, name }) => method !== 'GET' && !/webhook|quote|batch/.test(name),
  );
  expect(writing.filter(honours).length).toBeGreaterThan(20);
  const silent: string[] = [];
  for (const operation of writing.filter((each) => !honours(each))) {
    const path = operation.path.replace('{slug}', desk.hotel.slug).replaceAll(/\{\w+\}/g, 'X');
    const body = operation.body?.examples[0] ?? {};
    const options = { body, token: desk.token, headers: { prefer: 'dry-run' } };
    const { status } = await t.call(operation.method, path, options);
    if (status < 400) silent.push(operation.name);
  }
  expect(silent).toEqual([]);
});
