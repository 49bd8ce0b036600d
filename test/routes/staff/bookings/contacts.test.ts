import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { newGuest, stayBody } from '../../../support/hotel/build.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let desk: Desk;

beforeAll(async () => {
  t = await startPayingApp();
  desk = await openDesk(t, { rooms: 200 });
});
afterAll(() => t.close());

const online = (guest: object) =>
  t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody({ guest: { ...newGuest(), ...guest } }) });
const atDesk = (guest: object, more: object = {}) =>
  desk.call('POST', '/bookings', { body: stayBody({ payment: 'ON_SITE', guest, ...more }) });
const customersOf = async (phone: string) =>
  (await desk.call('GET', `/customers?${new URLSearchParams({ phone }).toString()}`)).body.items as {
    id: string;
    email: string | null;
    phone: string | null;
    lastName: string;
  }[];

let phones = 0;
/** A telephone number that nobody had before. */
function newPhone(): string {
  phones += 1;
  return `+35315556${String(100 + phones)}`;
}

describe('what people type and paste', () => {
  test.each([
    [{ email: ' andr\u0065\u0301@stra\u00dfe.de\u00a0' }, { email: 'andr\u00e9@stra\u00dfe.de' }],
    [{ firstName: ' \u200bAoife\ufeff ' }, { firstName: 'Aoife' }],
    [{ firstName: 'E\u0301lodie' }, { firstName: '\u00c9lodie' }],
    [{ lastName: '' }, { lastName: '' }],
    [{ lastName: undefined }, { lastName: '' }],
    [{ phone: '\u202a01\u00a0555\u20110100\u202c' }, { phone: '+35315550100' }],
    [{ phone: '+353 1 555 0100 ext. 12' }, { phone: '+35315550100 ext. 12' }],
  ])('a guest with %j is booked as %j', async (typed, kept) => {
    expect(await online(typed)).toMatchObject({ status: 201, body: { booking: { guest: kept } } });
  });

  test.each([
    [{ firstName: '\u200b\u2060' }, 'guest.firstName', 'must not be empty'],
    [{ firstName: '\u0301' }, 'guest.firstName', 'must contain a visible character'],
    [{ firstName: 'Aoife\nByrne' }, 'guest.firstName', expect.stringContaining('line breaks')],
    [{ lastName: '\u202eenryB' }, 'guest.lastName', expect.stringContaining('direction')],
    [{ firstName: undefined, lastName: 'Byrne' }, 'guest.firstName', 'is required'],
    [{ email: undefined }, 'guest.email', 'is required'],
    [{ email: 'aoife@example' }, 'guest.email', expect.stringMatching(/^must be an e-mail address/)],
    [{ phone: '1-800-FLOWERS' }, 'guest.phone', 'must be a telephone number'],
  ])('a guest with %j is refused at %s', async (typed, path, message) => {
    expect(await online(typed)).toMatchObject({ status: 400, body: { errors: [{ path, message }] } });
  });

  test('notes may have lines, and no characters that turn the direction of text', async () => {
    const body = (specialRequests: string) => ({ body: stayBody({ guest: newGuest(), specialRequests }) });
    expect((await t.call('POST', `${desk.hotel.path}/bookings`, body('Quiet,\nplease'))).status).toBe(201);
    expect(await t.call('POST', `${desk.hotel.path}/bookings`, body('\u202eyortsed'))).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'specialRequests' }] },
    });
  });
});

describe('customers by telephone', () => {
  test('at the desk a guest needs no e-mail address, and is the same customer the next time', async () => {
    const phone = newPhone();
    const first = await atDesk({ firstName: 'Orla', phone });
    expect(first).toMatchObject({
      status: 201,
      body: { booking: { guest: { firstName: 'Orla', email: null, phone } } },
    });
    expect((await atDesk({ firstName: 'Orla', lastName: 'Nolan', phone: phone.replace('+353', '0') })).status).toBe(
      201,
    );
    expect(await customersOf(phone)).toMatchObject([{ email: null, phone, firstName: 'Orla' }]);
    const { body } = await desk.call('GET', `/customers/${(await customersOf(phone))[0]?.id ?? ''}`);
    expect(body.bookings).toHaveLength(2);
  });

  test('a customer with an e-mail address and the same name is found by telephone', async () => {
    const phone = newPhone();
    await online({ firstName: 'Nuala', lastName: 'O’Shea', phone });
    await atDesk({ firstName: 'nuala', lastName: "O'Shea", phone });
    const [customer, ...others] = await customersOf(phone);
    expect(others).toEqual([]);
    const { body } = await desk.call('GET', `/customers/${customer?.id ?? ''}`);
    expect(body.bookings).toHaveLength(2);
  });

  test('a namesake of nobody with another’s telephone is a customer of their own', async () => {
    const phone = newPhone();
    await online({ firstName: 'Eoin', lastName: 'Egan', phone });
    await atDesk({ firstName: 'Maeve', lastName: 'Egan', phone });
    expect((await customersOf(phone)).map(({ email }) => email === null)).toEqual([true, false]);
  });

  test('a guest without any contact is refused, and so is one without e-mail address on the website', async () => {
    const nothing = { errors: [{ path: 'guest.email', message: 'is required, or a telephone number' }] };
    expect(await atDesk({ firstName: 'Orla' })).toMatchObject({ status: 400, body: nothing });
    expect((await online({ email: undefined, phone: newPhone() })).status).toBe(400);
  });

  test('ten bookings at once of one new telephone number have one customer', async () => {
    const phone = newPhone();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => atDesk({ firstName: `Guest ${String(index)}`, phone })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(201));
    expect(await customersOf(phone)).toHaveLength(1);
  });

  test('a customer with a known e-mail address learns a new telephone number', async () => {
    const { email } = newGuest();
    const [old, phone] = [newPhone(), newPhone()];
    await online({ email, phone: old });
    await online({ email });
    expect(await customersOf(old)).toMatchObject([{ email, phone: old }]);
    await online({ email, phone });
    expect(await customersOf(phone)).toMatchObject([{ email, phone }]);
    expect(await customersOf(old)).toEqual([]);
  });

  test('a guest without e-mail address pays by card through the link', async () => {
    const hotel = await t.hotelOf('AUTOMATIC');
    const at = `/v1/staff/properties/${hotel.slug}/bookings`;
    const body = stayBody({ payment: 'LINK', guest: { firstName: 'Orla', phone: newPhone() } });
    const created = await t.call('POST', at, { token: hotel.ownerToken, body });
    const token = created.body.guestToken as string;
    const session = await t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} });
    expect(session.status).toBe(200);
    await t.payOn(session.body.url as string);
    await t.reaches(token, { status: 'CONFIRMED' });
  });

  test('the database refuses a customer with no contact, and a second one of a telephone number alone', async () => {
    const insert = (id: string, phoneHash: string | null) =>
      t.database.sql(
        `INSERT INTO customers (id, property_id, first_name, last_name, phone_hash, last_booked_at)
         VALUES ($1, $2, 'A', '', $3, app_now())`,
        [id, desk.hotel.propertyId, phoneHash],
      );
    await expect(insert(crypto.randomUUID(), null)).rejects.toThrow(/customers_contact_known/);
    await insert(crypto.randomUUID(), 'hash');
    await expect(insert(crypto.randomUUID(), 'hash')).rejects.toThrow(/customers_phone_unique/);
  });
});
