import { stayBody } from '../hotel/build.ts';
import type { PaidHotel, PayingApp } from '../sandbox/sandbox.ts';

export const HOUR_SECONDS = 3_600;
const WEEK_SECONDS = 7 * 24 * HOUR_SECONDS;

/** The clocks of the database and of the sandbox, which go together unless told otherwise. */
export interface Clocks {
  /** Moves the database's clock: so long after what the sandbox's says. */
  later(interval: string): Promise<void>;
  /** Moves both, for good; the gateway says what has ended meanwhile. */
  pass(seconds: number): Promise<void>;
}

export function makeClocks(t: PayingApp): Clocks {
  let goneSeconds = 0;
  // In milliseconds, because an interval names each unit once.
  const later = (interval: string) => t.database.travel(`${interval} ${String(goneSeconds * 1_000)} milliseconds`);
  return {
    later,
    pass: async (seconds) => {
      goneSeconds += seconds;
      await later('0 minutes');
      await t.control('POST', '/clock', { advanceSeconds: seconds });
    },
  };
}

export interface Authorized {
  readonly code: string;
  readonly guestToken: string;
  readonly intentId: string;
}

/** A booking that waits for staff, with its money held for so long. */
export async function authorize(
  t: PayingApp,
  hotel: PaidHotel,
  { captureWindowSeconds = WEEK_SECONDS, stay = stayBody() } = {},
): Promise<Authorized> {
  await t.control('POST', '/clock', { captureWindowSeconds });
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stay);
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  const [row] = await t.database.sql<{ intent_id: string }>(
    'SELECT p.intent_id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1',
    [code],
  );
  return { code, guestToken, intentId: row?.intent_id ?? '' };
}

/** How the intent stands at the sandbox. */
export async function intentOf(
  t: PayingApp,
  { intentId }: Authorized,
): Promise<{ status: string; cancellation_reason: string | null }> {
  const { payment_intents: intents } = (await t.control('GET', '/state')) as {
    payment_intents: { id: string; status: string; cancellation_reason: string | null }[];
  };
  const found = intents.find(({ id }) => id === intentId);
  if (found === undefined) throw new Error(`There is no ${intentId}`);
  return found;
}
