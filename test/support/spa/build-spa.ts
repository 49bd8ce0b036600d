import { addDays } from '../../../src/domain/time/calendar.ts';
import type { Context } from '../../../src/context.ts';
import type { Prisma } from '../../../src/db/client.ts';
import { transaction } from '../../../src/db/transaction.ts';
import type { Answer, CallOptions, Method, TestApp } from '../server/app.ts';
import { guest } from '../hotel/build.ts';
import { hire } from '../hotel/desk.ts';

let count = 0;

/** A Monday, at six in the morning in Chicago: the clocks there go forward on the 14th, and back on 7 November. */
export const TODAY = '2027-03-01';
export const NOW = `${TODAY}T12:00:00Z`;

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
export const NINE_TO_SIX = [{ fromMinute: 540, toMinute: 1_080 }];

type ServiceRow = Prisma.ServiceUncheckedCreateInput;
type Minutes = readonly { readonly fromMinute: number; readonly toMinute: number }[];

export interface TestSpa {
  readonly slug: string;
  readonly propertyId: string;
  readonly path: string;
  readonly serviceIds: Readonly<Record<string, string>>;
  readonly providerIds: Readonly<Record<string, string>>;
}

export interface SpaOptions {
  readonly property?: Partial<Prisma.PropertyUncheckedCreateInput>;
  /** By code. FACIAL alone if nothing is said: an hour for 120.00, no buffers. */
  readonly services?: Readonly<Record<string, Partial<Omit<ServiceRow, 'code' | 'propertyId'>>>>;
  /** By code, in this order: when each works every day. DANIELLE and RYAN, nine to six, if nothing is said. */
  readonly providers?: Readonly<Record<string, Minutes>>;
  /** What a provider does; everything, where nothing is said. */
  readonly does?: Readonly<Record<string, readonly string[]>>;
  readonly zones?: Readonly<Record<string, { readonly postalCodes: string[]; readonly fee: number }>>;
  readonly taxes?: readonly Omit<Prisma.TaxRuleUncheckedCreateInput, 'propertyId'>[];
}

/** A spa of its own in Chicago. Nothing is paid first, and it approves by itself. */
export async function buildSpa(ctx: Context, options: SpaOptions = {}): Promise<TestSpa> {
  count += 1;
  const slug = `spa-${String(process.pid)}-${String(count)}`;
  const { providers = { DANIELLE: NINE_TO_SIX, RYAN: NINE_TO_SIX }, services = { FACIAL: {} } } = options;
  return transaction(ctx, async (tx) => {
    const { id: propertyId } = await tx.property.create({
      data: {
        slug,
        name: 'Test spa',
        status: 'LIVE',
        timezone: 'America/Chicago',
        currency: 'USD',
        approval: 'AUTOMATIC',
        paymentPolicy: 'NONE',
        // The guests of a test share one address; the limit has its own tests.
        maxOpenHolds: 50,
        phone: '+1 312 555 0142',
        ...options.property,
      },
    });
    const serviceIds: Record<string, string> = {};
    for (const [code, row] of Object.entries(services)) {
      const usual = { propertyId, code, name: code.toLowerCase(), durationMinutes: 60, price: 12_000 };
      serviceIds[code] = (await tx.service.create({ data: { ...usual, ...row } })).id;
    }
    const providerIds: Record<string, string> = {};
    for (const [position, [code, hours]] of Object.entries(providers).entries()) {
      const does = options.does?.[code] ?? Object.keys(services);
      const { id } = await tx.provider.create({
        data: {
          propertyId,
          code,
          name: code.toLowerCase(),
          position,
          services: { create: does.map((service) => ({ serviceId: serviceIds[service] ?? '' })) },
          hours: { create: EVERY_DAY.flatMap((weekday) => hours.map((range) => ({ weekday, ...range }))) },
        },
      });
      providerIds[code] = id;
    }
    for (const [code, zone] of Object.entries(options.zones ?? {})) {
      await tx.zone.create({ data: { propertyId, code, name: `Zone ${code}`, ...zone } });
    }
    for (const tax of options.taxes ?? []) await tx.taxRule.create({ data: { propertyId, ...tax } });
    return { slug, propertyId, path: `/v1/public/properties/${slug}`, serviceIds, providerIds };
  });
}

/** A spa with somebody at its desk. */
export interface StaffedSpa extends TestSpa {
  /** Where its staff routes begin. */
  readonly desk: string;
  readonly token: string;
  /** Calls a staff route as its owner. */
  call(method: Method, path: string, options?: CallOptions): Promise<Answer>;
  act(code: string, action: string, body?: object): Promise<Answer>;
  /** Tries to book as a guest on the website. */
  book(overrides?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>;
  /** Books as a guest; throws when it is refused. */
  booked(overrides?: Record<string, unknown>): Promise<{ code: string; guestToken: string; booking: Answer['body'] }>;
  /** The starts on offer on a date, as wall times, with who is free. */
  slotsOn(date: string, query?: string): Promise<Record<string, string[]>>;
}

export async function staffSpa(t: TestApp, options: SpaOptions = {}): Promise<StaffedSpa> {
  const spa = await buildSpa(t.ctx, options);
  const token = await hire(t, spa.propertyId, 'OWNER');
  const desk = `/v1/staff/properties/${spa.slug}`;
  const call: StaffedSpa['call'] = (method, path, rest = {}) => t.call(method, `${desk}${path}`, { token, ...rest });
  const book: StaffedSpa['book'] = (overrides = {}, headers = {}) =>
    t.call('POST', `${spa.path}/bookings`, { body: appointmentBody(overrides), headers });
  return {
    ...spa,
    desk,
    token,
    call,
    book,
    act: (code, action, body = {}) => call('POST', `/bookings/${code}/${action}`, { body }),
    booked: async (overrides) => {
      const { status, body } = await book(overrides);
      if (status !== 201) throw new Error(`No booking was made: ${JSON.stringify(body)}`);
      return { code: body.booking.code, guestToken: body.guestToken, booking: body.booking };
    },
    slotsOn: async (date, query = '') => {
      const service = query.includes('service=') ? '' : '&service=FACIAL';
      const { body } = await t.call('GET', `${spa.path}/slots?from=${date}&to=${date}${service}${query}`);
      const slots = body.slots as { localStart: string; providers: string[] }[];
      return Object.fromEntries(slots.map(({ localStart, providers }) => [localStart.slice(11, 16), providers]));
    },
  };
}

/** The body of a booking: a facial on the afternoon after `TODAY`, with anybody, unless said otherwise. */
export function appointmentBody(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return { kind: 'APPOINTMENT', service: 'FACIAL', startsAt: `${addDays(TODAY, 1)}T15:00`, guest, ...overrides };
}
