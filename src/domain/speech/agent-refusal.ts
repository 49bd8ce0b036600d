import type { AppError, ErrorCode } from '../../errors.ts';
import { sayList, sayNights, sayPhone, sayStarts } from './agent-say.ts';
import { dateInZone } from '../time/calendar.ts';

/** Facts about the property that a spoken refusal needs. */
export interface RefusalContext {
  readonly timezone: string;
  readonly phone: string | null;
  readonly now: Date;
}

/** Spoken texts by error code, before the alternatives. Other codes use the `say` of the error or the general text. */
const REFUSALS: { readonly [Code in ErrorCode]?: string } = {
  slot_taken: 'Sorry, that time is taken',
  sold_out: 'Sorry, that is sold out',
  outside_hours: 'Sorry, we are not open for that at that time',
  start_not_offered: 'Sorry, appointments do not begin at that minute',
  notice_too_short: 'Sorry, that is too short notice',
  past_time: 'Sorry, that time has passed',
  too_late: 'Sorry, that booking has begun already, so only the property can change it',
  beyond_booking_window: 'Sorry, that is further ahead than we take bookings',
  closed: 'Sorry, we are closed then',
  closed_to_arrival: 'Sorry, nobody can arrive on that day, though another day of arrival may do',
  closed_to_departure: 'Sorry, nobody can leave on that day, though another day of departure may do',
  min_stay: 'Sorry, that stay is shorter than we can offer',
  max_stay: 'Sorry, that stay is longer than we can offer',
  occupancy_exceeded: 'Sorry, that is more people than we can take for it',
  outside_zone: 'Sorry, that address is outside the area we travel to',
  promo_invalid: 'Sorry, that promo code can not be used',
  local_time_skipped: 'Sorry, that time does not exist on that day, because the clocks go forward',
  local_time_ambiguous: 'Sorry, that time comes twice on that day, because the clocks go back',
  not_found: 'Sorry, I can not find that',
  invalid_transition: 'Sorry, that can no longer be done with this booking',
  change_not_allowed: 'Sorry, that booking can no longer be changed for free, so the property has to change it',
  payment_in_progress: 'Sorry, a payment for that booking is still under way, so please try again in a moment',
  hold_expired: 'Sorry, that booking was not paid in time and has ended, so it has to be made again',
  version_conflict: 'That booking has changed in the meantime, so let me look it up again',
  proposal_invalid: 'Sorry, I have to ask you again before I change that',
  too_many_holds: 'Sorry, there are too many unpaid bookings already, so one of them has to be paid or cancelled first',
  idempotency_key_reused: 'Sorry, I mixed something up, so let me try again',
  idempotency_in_progress: 'I am still working on that, so one moment please',
};
/** Spoken questions by argument that is missing or invalid. For other arguments the question contains the name. */
const QUESTIONS: Readonly<Record<string, string>> = {
  guest: 'Could I have your name and your e-mail address?',
  'guest.firstName': 'Could I have your first name?',
  'guest.lastName': 'Could I have your last name?',
  'guest.email': 'Could you spell your e-mail address for me?',
  'guest.phone': 'Could you tell me your telephone number again?',
  when: 'Which day and time would suit you?',
  date: 'Which day would suit you?',
  time: 'What time would suit you?',
  startsAt: 'Which day and time would suit you?',
  code: 'Sorry, could you tell me the booking code again?',
  phone: 'Could you tell me the telephone number again?',
  address: 'What is the address, with the postal code, where it is to take place?',
};
const GENERAL_REFUSAL = 'Sorry, something went wrong, so please try again';

/** Builds one sentence for a refusal: the reason, then alternatives or the telephone number of the property. */
export function sayRefusal(error: AppError, scene: RefusalContext): string {
  const { extra = {}, errors = [] } = error.content;
  if (typeof extra['say'] === 'string') return extra['say'];
  const [first] = errors;
  if (error.code === 'validation_failed' && first !== undefined) {
    return QUESTIONS[first.path] ?? `Sorry, could you tell me the ${sayPath(first.path)} again?`;
  }
  const words = `${REFUSALS[error.code] ?? GENERAL_REFUSAL}${sayRoom(extra)}`;
  const instead = sayAlternatives(extra['alternatives'], scene);
  return `${words}${instead === null ? sayPhone(scene.phone) : `; I could offer ${instead}`}.`;
}

/** Names an argument: `guest.firstName` is "first name of the guest". */
function sayPath(path: string): string {
  const parts = path.split('.').map((part) => part.replaceAll(/([A-Z])/g, ' $1').toLowerCase());
  return parts.filter(Boolean).toReversed().join(' of the ') || 'details';
}

function sayAlternatives(alternatives: unknown, { timezone, now }: RefusalContext): string | null {
  if (!Array.isArray(alternatives) || alternatives.length === 0) return null;
  const listed = alternatives as Readonly<Record<string, string>>[];
  const starts = listed.flatMap(({ startsAt }) => (startsAt === undefined ? [] : [new Date(startsAt)]));
  if (starts.length > 0) return sayStarts(starts, timezone, now);
  const today = dateInZone(now, timezone);
  const stays = listed.map(({ roomType = '', checkIn = '', checkOut = '' }) => {
    return `${roomType} ${sayNights({ checkIn, checkOut }, today)}`;
  });
  return sayList(stays, 'or');
}

/** Says how many guests fit, where a refusal names the number. */
function sayRoom({ maxOccupancy, maxAdults, maxChildren }: Readonly<Record<string, unknown>>): string {
  if (typeof maxOccupancy === 'number') return `, at most ${String(maxOccupancy)}`;
  if (typeof maxAdults !== 'number' || typeof maxChildren !== 'number') return '';
  const children = maxChildren === 0 ? 'no children' : `${String(maxChildren)} children`;
  return `, at most ${String(maxAdults)} adults and ${children}`;
}
