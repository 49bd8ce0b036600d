import type { Answer } from '../server/app.ts';
import { daysAhead, stayBody } from './build.ts';
import type { Desk } from './desk.ts';
import { send } from '../race.ts';

/** A place among the bookings that are under way; when one has ended, the next takes its place. */
interface Place {
  readonly desk: Desk;
  code: string | null;
  guestToken: string | null;
  /** As it was last heard of. */
  status: string;
}

export interface HotelLife {
  /** Does one thing at random to one booking at random: for good, for nothing (refused), or as a dry run. */
  step(serverUrl: string): Promise<Answer>;
  /** How often a room's status was set by hand, by hotel. */
  readonly cleaned: Map<Desk, number>;
  readonly dryRuns: number;
}

const ENDS = ['COMPLETED', 'CANCELLED', 'DECLINED'];
const DRY_RUN = { prefer: 'dry-run' };
export const ROOMS = 40;

/** What people do at hotels of forty rooms whose staff approve, with so many bookings under way at once. */
export function makeHotelLife(desks: readonly Desk[], count: number, pick: (n: number) => number): HotelLife {
  const places = Array.from({ length: count }, (_, index): Place => {
    return { desk: desks[index % desks.length] as Desk, code: null, guestToken: null, status: '' };
  });
  const life = { cleaned: new Map<Desk, number>(), dryRuns: 0 };
  const room = () => String(101 + pick(ROOMS));

  const book = async (url: string, place: Place): Promise<Answer> => {
    const { desk } = place;
    const stay = stayBody({ checkIn: daysAhead(0), checkOut: daysAhead(1 + pick(3)) });
    const answer =
      pick(4) === 0
        ? await send(url, 'POST', `${desk.path}/bookings`, {
            token: desk.token,
            body: { ...stay, payment: 'ON_SITE' },
          })
        : await send(url, 'POST', `${desk.hotel.path}/bookings`, { body: stay });
    if (answer.status === 201) {
      place.code = answer.body.booking.code as string;
      place.guestToken = answer.body.guestToken as string;
      place.status = answer.body.booking.status as string;
    }
    return answer;
  };

  const clean = async (url: string, { desk }: Place): Promise<Answer> => {
    const body = { housekeepingStatus: 'CLEAN' };
    const answer = await send(url, 'PATCH', `${desk.path}/rooms/${room()}`, { token: desk.token, body });
    if (answer.status === 200) life.cleaned.set(desk, (life.cleaned.get(desk) ?? 0) + 1);
    return answer;
  };

  const act = async (url: string, place: Place, code: string): Promise<Answer> => {
    const { desk, guestToken } = place;
    const isDryRun = pick(7) === 0;
    if (isDryRun) life.dryRuns += 1;
    const options = (token: string | null, body: object) => ({
      body,
      ...(token !== null && { token }),
      ...(isDryRun && { headers: DRY_RUN }),
    });
    const staff = (action: string, body: object = {}) =>
      send(url, 'POST', `${desk.path}/bookings/${code}/${action}`, options(desk.token, body));
    const assign = () => staff('assign-room', { room: room() });
    const unassign = () => staff('unassign-room');
    const checkIn = () => staff('check-in', { override: 'The guest insists' });
    const checkOut = () => staff('check-out', { waiveBalance: 'Ours' });
    const guestCancels = () => send(url, 'POST', '/v1/guest/booking/cancel', options(guestToken, {}));
    const sensible: Record<string, (() => Promise<Answer>)[]> = {
      PENDING_APPROVAL: [assign, unassign, () => staff('approve')],
      CONFIRMED: [assign, assign, assign, unassign, checkIn],
      IN_HOUSE: [assign, assign, assign, checkOut],
    };
    const any = [
      ...[assign, unassign, checkIn, checkOut, guestCancels, () => staff('approve'), () => staff('no-show')],
      ...[() => staff('check-out'), () => staff('cancel'), () => staff('decline', { reasonCode: 'NO_CAPACITY' })],
    ];
    const actions = (pick(4) > 0 ? sensible[place.status] : undefined) ?? any;
    const answer = await (actions[pick(actions.length)] as () => Promise<Answer>)();
    const status = String(answer.body.status);
    if (answer.status === 200 && !isDryRun && place.code === code) {
      place.status = status;
      if (ENDS.includes(status)) place.code = null;
    }
    return answer;
  };

  return {
    step: (url) => {
      const place = places[pick(places.length)] as Place;
      if (place.code === null) return book(url, place);
      return pick(12) === 0 ? clean(url, place) : act(url, place, place.code);
    },
    cleaned: life.cleaned,
    get dryRuns() {
      return life.dryRuns;
    },
  };
}
