import pg from 'pg';
import { insertStayBooking } from '../src/db/insert-stay-booking.ts';
import { readStayOffer } from '../src/db/read-stay-offer.ts';
import { Prisma } from '../src/db/client.ts';
import { draftStay } from '../src/services/new-booking/draft-stay.ts';
import { measure, readTask } from './measure.ts';
import { BENCH_SLUG, openContext, randomStay } from './stage.ts';

// The limit: the very statements of the hot paths, sent by the bare driver as named prepared statements, with no HTTP,
// no Prisma, and every value drawn up beforehand.

const task = readTask();
const clients = Array.from({ length: task.connections }, () => new pg.Client({ connectionString: task.url }));
await Promise.all(clients.map((client) => client.connect()));

/** Stands in for Prisma's tagged template. */
function bare(client: pg.Client) {
  const $queryRaw = async (strings: TemplateStringsArray, ...values: unknown[]) => {
    const query = Prisma.sql(strings, ...values);
    return (await client.query({ name: String(query.text.length), text: query.text, values: query.values })).rows;
  };
  return { $queryRaw } as unknown as Parameters<typeof readStayOffer>[0];
}

const connections = clients.map(bare);
const ctx = openContext(task.url);
const offerQuery = (drawsCode: boolean, wish = randomStay(drawsCode ? undefined : 3)) => ({
  ...{ slug: BENCH_SLUG, from: wish.stay.checkIn, to: wish.stay.checkOut, isStaff: false, drawsCode },
  ...{ checkIn: wish.stay.checkIn, checkOut: wish.stay.checkOut, roomType: drawsCode ? wish.roomType : null },
});

async function draftRow() {
  const wish = randomStay();
  const offer = await readStayOffer(ctx.db, offerQuery(true, wish));
  if (offer === null) throw new Error('Bug: the stage is not set');
  const guest = {
    firstName: 'Bench',
    lastName: 'Guest',
    email: `guest${String(Math.floor(Math.random() * 1e6))}@example.com`,
    phone: '+353 1 555 0100',
  };
  const wished = { slug: BENCH_SLUG, roomType: wish.roomType, stay: wish.stay, guest };
  const others = { companions: [], booker: null, specialRequests: null, promoCode: null };
  const actor = { type: 'GUEST' as const, id: null, name: null };
  const credential = { source: 'WEBSITE' as const, payment: 'LINK' as const, actor };
  const ours = { keys: ctx.config.ENCRYPTION_KEY, requestId: null };
  return draftStay({ ...wished, ...others, ...credential, ...ours }, offer).row;
}

const ROWS_PER_SECOND = 6_000;
const rows: Awaited<ReturnType<typeof draftRow>>[] = [];
if (task.work === 'book') {
  for (let index = 0; index < (ROWS_PER_SECOND * task.durationMs) / 1_000; index += 1) rows.push(await draftRow());
}

const figures = await measure(task.connections, task.durationMs, async (connection) => {
  const db = connections[connection];
  if (db === undefined) throw new Error('Bug: a connection that is not there');
  await readStayOffer(db, offerQuery(task.work === 'book'));
  if (task.work === 'search') return;
  const row = rows.pop();
  if (row === undefined) throw new Error('Bug: too few rows were drawn up');
  await insertStayBooking(db, row);
});
console.log(JSON.stringify(figures));
await ctx.db.$disconnect();
await Promise.all(clients.map((client) => client.end()));
