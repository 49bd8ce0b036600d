import pg from 'pg';
import { insertAppointmentBooking } from '../src/db/statements/insert-appointment-booking.ts';
import { insertStayBooking } from '../src/db/statements/insert-stay-booking.ts';
import { insertWebhookEvent } from '../src/db/statements/insert-webhook-event.ts';
import { readSlotOffer } from '../src/db/statements/read-slot-offer.ts';
import { readStayOffer } from '../src/db/statements/read-stay-offer.ts';
import { Prisma } from '../src/db/client.ts';
import type { RawQueries } from '../src/db/connection/shortcut.ts';
import { toEvent } from '../src/integrations/stripe/to-event.ts';
import { addDays } from '../src/domain/time/calendar.ts';
import { choosePlace } from '../src/services/slots/choose-place.ts';
import { draftAppointment } from '../src/services/new-booking/draft-appointment.ts';
import { draftStay } from '../src/services/new-booking/draft-stay.ts';
import { measure, readTask } from './measure.ts';
import { BENCH_SLUG, openContext, randomAppointment, randomEvent, randomStay } from './stage.ts';

// The limit: the very statements of the hot paths, sent by the bare driver as named prepared statements, with no HTTP,
// no Prisma, and every value drawn up beforehand.

const task = readTask();
const clients = Array.from({ length: task.connections }, () => new pg.Client({ connectionString: task.url }));
await Promise.all(clients.map((client) => client.connect()));

/** Stands in for Prisma's tagged template. */
function bare(client: pg.Client): RawQueries {
  return {
    async $queryRaw<Rows>(strings: TemplateStringsArray, ...params: unknown[]) {
      const { text, values } = Prisma.sql(strings, ...params);
      return (await client.query({ name: String(text.length), text, values })).rows as Rows;
    },
  };
}

const connections = clients.map(bare);
const ctx = openContext(task.url);
const offerQuery = (drawsCode: boolean, wish = randomStay(drawsCode ? undefined : 3)) => ({
  ...{ slug: BENCH_SLUG, from: wish.stay.checkIn, to: wish.stay.checkOut, isStaff: false, drawsCode },
  ...{ checkIn: wish.stay.checkIn, checkOut: wish.stay.checkOut, roomType: drawsCode ? wish.roomType : null },
});

const slotQuery = (days: number, drawsCode: boolean, wish = randomAppointment()) => ({
  ...{ slug: BENCH_SLUG, service: wish.service, provider: wish.provider, isStaff: false, drawsCode, except: null },
  ...{ from: wish.startsAt.slice(0, 10), to: addDays(wish.startsAt.slice(0, 10), days - 1) },
});

const person = () => ({
  firstName: 'Bench',
  lastName: 'Guest',
  email: `guest${String(Math.floor(Math.random() * 1e6))}@example.com`,
  phone: '+353 1 555 0100',
});
const actor = { type: 'GUEST' as const, id: null, name: null };
const common = {
  ...{ slug: BENCH_SLUG, companions: [], booker: null, specialRequests: null, promoCode: null, actor },
  ...{ source: 'WEBSITE' as const, payment: 'LINK' as const, keys: ctx.config.ENCRYPTION_KEY, requestId: null },
};

async function draftStayRow() {
  const wish = randomStay();
  const offer = await readStayOffer(ctx.db, offerQuery(true, wish));
  if (offer === null) throw new Error('Bug: the stage is not set');
  return draftStay({ ...common, ...wish, guest: person() }, offer, null).row;
}

async function draftAppointmentRow() {
  const wish = randomAppointment();
  const offer = await readSlotOffer(ctx.db, slotQuery(1, true, wish));
  const service = offer?.service ?? null;
  if (offer === null || service === null) throw new Error('Bug: the stage is not set');
  const startsAt = Date.parse(wish.startsAt);
  const found = { ...offer, service };
  const [provider] = choosePlace(found, { startsAt, isStaff: false });
  if (provider === undefined) return null;
  const asked = { ...common, ...wish, guest: person(), adults: 1, children: 0, address: null, zone: null };
  return draftAppointment(asked, found, { startsAt, provider, zone: null, promo: null }).row;
}

/** More than can be written in the time. */
const ROWS_PER_SECOND = 6_000;
const wanted = (ROWS_PER_SECOND * task.durationMs) / 1_000;

/** So many rows, drawn up before the clock runs. */
async function drawUp<Row>(work: typeof task.work, draft: () => Promise<Row | null>): Promise<() => Row> {
  const rows: Row[] = [];
  while (task.work === work && rows.length < wanted) {
    const row = await draft();
    if (row !== null) rows.push(row);
  }
  return () => {
    const row = rows.pop();
    if (row === undefined) throw new Error('Bug: too few rows were drawn up');
    return row;
  };
}

const nextStay = await drawUp('book', draftStayRow);
const nextAppointment = await drawUp('appoint', draftAppointmentRow);

const figures = await measure(task.connections, task.durationMs, async (connection) => {
  const db = connections[connection];
  if (db === undefined) throw new Error('Bug: a connection that is not there');
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
      await insertWebhookEvent(db, toEvent(randomEvent() as unknown as Parameters<typeof toEvent>[0]));
      return;
    case 'constant':
      throw new Error('Bug: there is no database in a constant');
  }
});
console.log(JSON.stringify(figures));
await ctx.db.$disconnect();
await Promise.all(clients.map((client) => client.end()));
