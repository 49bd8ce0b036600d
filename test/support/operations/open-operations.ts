import { expect } from 'vitest';
import { daysAhead } from '../hotel/build.ts';
import { openDesk } from '../hotel/desk.ts';
import type { Desk } from '../hotel/desk.ts';
import { readOperations } from '../http/api-document.ts';
import type { DocumentedOperation } from '../http/api-document.ts';
import type { TestApp } from '../server/app.ts';
import { makeKey } from '../spa/agent.ts';

/** Every operation of the API document, with what makes a call to it a right one. */
export interface OpenOperations {
  readonly operations: readonly DocumentedOperation[];
  /** What stands for a path parameter when it is right. */
  placeOf(path: string, name: string): string;
  /** The credential of who may call it. */
  tokenFor(operation: DocumentedOperation): string | undefined;
}

/** A hotel with one of each thing that paths name, a guest, an agent, an admin, and the owners of the demo's others. */
export async function openOperations(t: TestApp): Promise<OpenOperations> {
  const desk = await openDesk(t, { rooms: 50 });
  const agentKey = await makeKey(t, desk.hotel.propertyId);
  const admin = await t.tokenFor('admin@holdfast.example');
  const { code, guestToken } = await desk.book();
  const catalogue = await buildCatalogue(desk);
  const places: Record<string, string> = {
    slug: desk.hotel.slug,
    code,
    number: '101',
    roomType: 'ROOM',
    tool: 'get_quote',
    customer: await findCustomer(desk),
    ...catalogue,
  };
  const operations = await readOperations(t);
  const hibachiOwner = await t.tokenFor('owner@ember-hibachi.example');
  const spaOwner = await t.tokenFor('owner@glow-medspa.example');
  // A party at the property that My Hibachi's paths mean.
  const order = operations.find(({ name }) => name === 'POST /api/v1/bookings');
  const party = (await t.call('POST', '/api/v1/bookings', { body: adapt(order?.body?.examples[0]) })).body.code;
  expect(party).toMatch(/^BK-/);

  return {
    operations,
    placeOf: (path, name) =>
      (name === 'code' && path.startsWith('/api/v1/bookings/') ? (party as string) : places[name]) ?? '',
    tokenFor: ({ path }) => {
      if (path.startsWith('/api/v1/guest') || /^\/api\/public\/hotel\/\{slug\}\/room-bookings\/\{code\}/.test(path))
        return guestToken;
      if (path.startsWith('/api/v1/ops')) return admin;
      if (path.startsWith('/api/v1/agent') || path === '/mcp') return agentKey;
      if (/^\/api\/(v1\/bookings|admin)\b/.test(path)) return hibachiOwner;
      if (path.startsWith('/api/booking/')) return spaOwner;
      const isForStaff = /^\/api\/(v1\/)?staff\/|^\/api\/v1\/realtime\//.test(path) || path.endsWith('/me');
      return isForStaff ? desk.token : undefined;
    },
  };
}

/** One of each thing that takes time, by the names the examples give them. Answers what stands for them in a path. */
async function buildCatalogue(at: Desk): Promise<Record<string, string>> {
  await at.call('POST', '/providers', { body: { code: 'STATION-1', name: 'Station 1' } });
  const service = { code: 'PARTY', name: 'Party', durationMinutes: 60, price: 1, providers: ['STATION-1'] };
  await at.call('POST', '/services', { body: service });
  await at.call('POST', '/zones', { body: { code: 'HERE', name: 'Here', fee: 0 } });
  await at.call('POST', '/promos', { body: { code: 'TEN', name: 'Ten', type: 'PERCENT', value: 1000 } });
  await at.call('POST', '/taxes', { body: { code: 'SALES', name: 'Sales tax', isInclusive: false, rateBps: 725 } });
  const lunch = { startsAt: '2050-02-01T12:00', endsAt: '2050-02-01T13:00' };
  const { body } = await at.call('POST', '/providers/STATION-1/time-off', { body: lunch });
  return { service: 'PARTY', provider: 'STATION-1', zone: 'HERE', promo: 'TEN', tax: 'SALES', id: body.id };
}

/** Who has booked there already. */
async function findCustomer(at: Desk): Promise<string> {
  const { body } = await at.call('GET', '/customers');
  return body.items[0].id as string;
}

/** The example with the names and dates of our hotel, so that what is not made wrong goes through. */
export function adapt(example: unknown): unknown {
  const ours = { SUITE: 'ROOM', '501': '101', '2027-05-14': daysAhead(30), '2027-05-16': daysAhead(31) };
  const spelled = Object.entries({ ...ours, '2027-05-17': daysAhead(32) }).reduce(
    (text, [theirs, our]) => text.replaceAll(`"${theirs}"`, `"${our}"`),
    JSON.stringify(example),
  );
  return JSON.parse(spelled);
}
