import type { StaffRole } from '../../../src/domain/access/permissions.ts';
import { signAccessToken } from '../../../src/services/platform/auth/session/access-token.ts';
import type { Answer, CallOptions, Method, TestApp } from '../server/app.ts';
import { buildHotel, stayBody } from './build.ts';
import type { TestHotel } from './build.ts';

let hired = 0;

/** A new member of the hotel's staff. Answers their access token. */
export async function hire(t: TestApp, propertyId: string, role: StaffRole): Promise<string> {
  hired += 1;
  const { id } = await t.ctx.db.user.create({
    data: {
      email: `${role.toLowerCase()}-${String(process.pid)}-${String(hired)}@staff.example`,
      firstName: 'Sam',
      lastName: 'Staff',
      passwordHash: 'nobody can log in with this',
      memberships: { create: { propertyId, role } },
    },
  });
  return signAccessToken(t.ctx, id);
}

/** A hotel of one's own with somebody at its desk. */
export interface Desk {
  readonly hotel: TestHotel;
  /** Where its staff routes begin. */
  readonly path: string;
  /** The access token of its owner. */
  readonly token: string;
  /** Calls a staff route of the hotel as its owner, or as whoever's token is given. */
  call(method: Method, path: string, options?: CallOptions): Promise<Answer>;
  /** Books as a guest on the website. Answers what was created. */
  book(overrides?: Record<string, unknown>): Promise<{ code: string; guestToken: string; booking: Answer['body'] }>;
  /** Books at the desk, confirmed, to be paid there. Answers the code. */
  confirm(overrides?: Record<string, unknown>): Promise<string>;
  act(code: string, action: string, body?: object, options?: CallOptions): Promise<Answer>;
}

export async function openDesk(t: TestApp, options: Parameters<typeof buildHotel>[1] = {}): Promise<Desk> {
  const hotel = await buildHotel(t.ctx, options);
  const path = `/v1/staff/properties/${hotel.slug}`;
  const token = await hire(t, hotel.propertyId, 'OWNER');
  const call: Desk['call'] = (method, sub, rest = {}) => t.call(method, `${path}${sub}`, { token, ...rest });
  const created = (answer: Answer) => {
    if (answer.status !== 201) throw new Error(`No booking was made: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    hotel,
    path,
    token,
    call,
    book: async (overrides = {}) => {
      const body = created(await t.call('POST', `${hotel.path}/bookings`, { body: stayBody(overrides) }));
      return { code: body.booking.code, guestToken: body.guestToken, booking: body.booking };
    },
    confirm: async (overrides = {}) => {
      const body = stayBody({ payment: 'ON_SITE', ...overrides });
      return created(await call('POST', '/bookings', { body })).booking.code;
    },
    act: (code, action, body, rest = {}) =>
      call('POST', `/bookings/${code}/${action}`, { ...(body && { body }), ...rest }),
  };
}

/** The rooms of one night as staff see them. */
export async function nightOf(desk: Desk, date: string, roomType = 'ROOM'): Promise<Answer['body']> {
  const to = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
  const answer = await desk.call('GET', `/inventory?from=${date}&to=${to}&roomType=${roomType}`);
  return answer.body.items[0];
}
