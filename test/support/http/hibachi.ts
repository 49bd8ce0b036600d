import type { Answer, CallOptions, Method, TestApp } from '../server/app.ts';

export const HIBACHI = '/api/v1/bookings';
export const addressLine = '12 Grill St, Sacramento, CA 95814';
export const host = { name: 'Dana Ortiz', email: 'dana@example.com', phone: '+19165550100' };

/** The demo caterer, by My Hibachi's own paths. */
export interface Hibachi {
  /** The access token of its owner. */
  readonly owner: string;
  /** Asks for a party of twelve at six in the evening, unless said otherwise. */
  create(body: object, headers?: Record<string, string>, path?: string): Promise<Answer>;
  /** The same, made. */
  book(body: object): Promise<Answer['body']>;
  /** A party that stands, its deposit paid by hand. */
  confirm(body: object): Promise<Answer['body']>;
  /** Calls one of the paths as its owner, or as whoever's token is given. */
  call(method: Method, path: string, options?: CallOptions): Promise<Answer>;
}

export async function openHibachi(t: TestApp): Promise<Hibachi> {
  const owner = await t.tokenFor('owner@ember-hibachi.example');
  const usual = { slot: '18:00', address: addressLine, party_adults: 10, party_kids: 2, ...host };
  const create: Hibachi['create'] = (body, headers = {}, path = `${HIBACHI}/`) =>
    t.call('POST', path, { body: { ...usual, ...body }, headers });
  const call: Hibachi['call'] = (method, path, options = {}) =>
    t.call(method, `${HIBACHI}${path}`, { token: owner, ...options });
  const book: Hibachi['book'] = async (body) => {
    const answer = await create(body);
    if (answer.status !== 201) throw new Error(`No party was booked: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    owner,
    create,
    call,
    book,
    confirm: async (body) => {
      const { code, deposit_due_cents: amount } = await book(body);
      const path = `/v1/staff/properties/ember-hibachi/bookings/${String(code)}/payments`;
      const paid = await t.call('POST', path, { token: owner, body: { method: 'ZELLE', amount } });
      if (paid.body.status !== 'CONFIRMED') throw new Error(`The deposit was not taken: ${JSON.stringify(paid.body)}`);
      return (await call('GET', `/${String(code)}`)).body;
    },
  };
}
