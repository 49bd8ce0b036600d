import pg from 'pg';
import { insertAppointmentBooking } from '../src/db/statements/insert-appointment-booking.ts';
import { insertStayBooking } from '../src/db/statements/insert-stay-booking.ts';
import { insertWebhookEvent } from '../src/db/statements/insert-webhook-event.ts';
import { readSlotOffer } from '../src/db/statements/read-slot-offer.ts';
import { readStayOffer } from '../src/db/statements/read-stay-offer.ts';
import { Prisma } from '../src/db/client.ts';
import type { RawQueries } from '../src/db/connection/direct-query.ts';
import { toEvent } from '../src/integrations/stripe/webhook/to-event.ts';
import { addDays } from '../src/domain/time/calendar.ts';
import { chooseProviders } from '../src/services/stock/time/choose-providers.ts';
import { draftAppointment } from '../src/services/selling/new-booking/appointment-booking.ts';
import { draftStay } from '../src/services/selling/new-booking/stay-booking.ts';
import { measure, readTask } from './measure.ts';
import { BENCH_SLUG, makePhone, openContext, randomAppointment, randomEvent, randomStay } from './stage.ts';

// Upper limit for the database: the prepared statements of the hot paths, sent by the driver without HTTP and Prisma,
// with all values generated before the measurement.

const task = readTask();
const clients = Array.from({ length: task.connections }, () => new pg.Client({ connectionString: task.url }));
await Promise.all(clients.map((client) => client.connect()));

/** Makes a replacement for Prisma's tagged template on the bare driver. */
function toRawQueries(client: pg.Client): RawQueries {
  return {
    async $queryRaw<Rows>(strings: TemplateStringsArray, ...params: unknown[]) {
      const { text, values } = Prisma.sql(strings, ...params);
      return (await client.query({ name: String(text.length), text, values })).rows as Rows;
    },
  };
}

const connections = clients.map(toRawQueries);
const ctx = openContext(task.url);
const offerQuery = (drawsCode: boolean, query = randomStay(drawsCode ? undefined : 3)) => ({
  slug: BENCH_SLUG,
  from: query.stay.checkIn,
  to: query.stay.checkOut,
  isStaff: false,
  drawsCode,
  checkIn: query.stay.checkIn,
  checkOut: query.stay.checkOut,
  roomType: drawsCode ? query.roomType : null,
});

const slotQuery = (days: number, drawsCode: boolean, query = randomAppointment()) => ({
  slug: BENCH_SLUG,
  service: query.service,
  provider: query.provider,
  isStaff: false,
  drawsCode,
  except: null,
  from: query.startsAt.slice(0, 10),
  to: addDays(query.startsAt.slice(0, 10), days - 1),
});

const makeGuest = () => ({
  firstName: 'Bench',
  lastName: 'Guest',
  email: `guest${String(Math.floor(Math.random() * 1e9))}@example.com`,
  phone: makePhone(),
});
const actor = { type: 'GUEST' as const, id: null, name: null };
const common = {
  slug: BENCH_SLUG,
  companions: [],
  booker: null,
  specialRequests: null,
  promoCode: null,
  author: { actor, requestId: null },
  source: 'WEBSITE' as const,
  payment: 'LINK' as const,
  keys: ctx.config.ENCRYPTION_KEY,
  network: null,
  customerId: null,
};

async function draftStayRow() {
  const input = randomStay();
  const offer = await readStayOffer(ctx.db, offerQuery(true, input));
  if (offer === null) throw new Error('Bug: the benchmark property is missing');
  return draftStay({ ...common, kind: 'STAY', ...input, guest: makeGuest() }, offer, null).row;
}

async function draftAppointmentRow() {
  const query = randomAppointment();
  const offer = await readSlotOffer(ctx.db, slotQuery(1, true, query));
  const service = offer?.service ?? null;
  if (offer === null || service === null) throw new Error('Bug: the benchmark property is missing');
  const startsAt = Date.parse(query.startsAt);
  const found = { ...offer, service };
  const [provider] = chooseProviders(found, { startsAt, isStaff: false });
  if (provider === undefined) return null;
  const input = {
    ...common,
    kind: 'APPOINTMENT' as const,
    ...query,
    guest: makeGuest(),
    adults: 1,
    children: 0,
    address: null,
    zone: null,
  };
  return draftAppointment(input, found, { startsAt, provider, zone: null, promo: null }).row;
}

/** Above the write rate of the database. */
const ROWS_PER_SECOND = 6_000;
const rowCount = (ROWS_PER_SECOND * task.durationMs) / 1_000;

/** Drafts all rows before the measurement. Returns: a function that takes the next row. */
async function prepareRows<Row>(work: typeof task.work, draft: () => Promise<Row | null>): Promise<() => Row> {
  const rows: Row[] = [];
  while (task.work === work && rows.length < rowCount) {
    const row = await draft();
    if (row !== null) rows.push(row);
  }
  return () => {
    const row = rows.pop();
    if (row === undefined) throw new Error('Bug: too few prepared rows');
    return row;
  };
}

const nextStay = await prepareRows('book', draftStayRow);
const nextAppointment = await prepareRows('appoint', draftAppointmentRow);

const figures = await measure(task.connections, task.durationMs, async (connection) => {
  const db = connections[connection];
  if (db === undefined) throw new Error(`Bug: unknown connection ${String(connection)}`);
  switch (task.work) {
    case 'search':
      await readStayOffer(db, offerQuery(false));
      return;
    case 'slots':
      await readSlotOffer(db, slotQuery(7, false));
      return;
    case 'book':
      await readStayOffer(db, offerQuery(true));
      await insertStayBooking(db, nextStay());
      return;
    case 'appoint':
      await readSlotOffer(db, slotQuery(1, true));
      await insertAppointmentBooking(db, nextAppointment());
      return;
    case 'webhook':
      await insertWebhookEvent(db, toEvent(randomEvent()));
      return;
    case 'constant':
      throw new Error('Bug: the work `constant` has no statement');
  }
});
console.log(JSON.stringify(figures));
await ctx.db.$disconnect();
await Promise.all(clients.map((client) => client.end()));
