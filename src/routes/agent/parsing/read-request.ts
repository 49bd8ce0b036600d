import { sayList, sayPhone } from '../../../domain/speech/agent-say.ts';
import type { AppointmentRequest } from '../../../domain/availability/appointment.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { matchName } from '../../../domain/speech/spoken-name.ts';
import type { Named } from '../../../domain/speech/spoken-name.ts';
import { MAX_NIGHTS } from '../../../domain/availability/stay.ts';
import { AppError } from '../../../errors.ts';
import type { AgentSession } from '../../../services/agent/read-agent-session.ts';
import { toAddress } from '../../shapes/fields/appointment-fields.ts';
import { readDay, unclearArgument } from './read-when.ts';

export type SoldService = AgentSession['property']['services'][number];

interface RequestArguments {
  readonly service?: string | undefined;
  readonly provider?: string | undefined;
  readonly roomType?: string | undefined;
  readonly checkIn?: string | undefined;
  readonly checkOut?: string | undefined;
  readonly adults?: number | undefined;
  readonly children?: number | undefined;
}

/** Returns true when the arguments mean a stay: room type, nights, or a property that sells only rooms. */
export function isStayRequest(
  { property }: AgentSession,
  { service, roomType, checkIn, checkOut }: RequestArguments,
): boolean {
  if (service !== undefined) return false;
  if (roomType !== undefined || checkIn !== undefined || checkOut !== undefined) return true;
  return property.services.length === 0 && property.roomTypes.length > 0;
}

/** Finds the requested service; the only service by default. Throws: validation_failed, not_found. */
export function readService({ property }: AgentSession, input: string | undefined): SoldService {
  const { services, phone } = property;
  const [only] = services;
  if (input === undefined && only !== undefined && services.length === 1) return only;
  return matchItem('service', { items: services, input, phone });
}

/** Finds the code of the requested provider; null for any provider. Throws: not_found. */
export function readProvider(
  { property }: AgentSession,
  service: SoldService,
  input: string | undefined,
): string | null {
  if (input === undefined) return null;
  const items = service.providers.map(({ provider }) => provider);
  return matchItem('provider', { items, input, phone: property.phone }).code;
}

/** Finds the requested room type. Throws: validation_failed, not_found. */
export function readRoomType(
  { property }: AgentSession,
  input: string | undefined,
): AgentSession['property']['roomTypes'][number] {
  return matchItem('roomType', { items: property.roomTypes, input, phone: property.phone });
}

interface StayDates {
  readonly checkIn?: string | undefined;
  readonly checkOut?: string | undefined;
}

/** Reads the nights of a stay. Throws: validation_failed, past_time. */
export function readNights(session: AgentSession, input: StayDates): { checkIn: PlainDate; checkOut: PlainDate } {
  const checkIn = readDay(session, 'checkIn', input.checkIn);
  const checkOut = readDay(session, 'checkOut', input.checkOut);
  const nights = countDays(checkIn, checkOut);
  if (nights < 1) throw unclearArgument('checkOut', 'Sorry, which day after your arrival would you like to leave?');
  if (nights > MAX_NIGHTS)
    throw unclearArgument('checkOut', `Sorry, the longest stay is ${String(MAX_NIGHTS)} nights.`);
  return { checkIn, checkOut };
}

/** Reads the party and the place of an appointment. Throws: not_found for an unknown zone. */
export function readRequest(
  { property }: AgentSession,
  input: RequestArguments & {
    readonly address?: Parameters<typeof toAddress>[0] | undefined;
    readonly zone?: string | undefined;
  },
): AppointmentRequest {
  const { adults = 1, children = 0, address, zone } = input;
  const { phone, zones } = property;
  return {
    adults,
    children,
    address: address === undefined ? null : toAddress(address),
    zone: zone === undefined ? null : matchItem('zone', { items: zones, input: zone, phone }).code,
  };
}

const NOUNS = { service: 'service', provider: 'person', roomType: 'room', zone: 'area' } as const;

/** Matches the spoken name to an item. Throws, with a question that lists the items: validation_failed, not_found. */
function matchItem<T extends Named>(
  path: keyof typeof NOUNS,
  { items, input, phone }: { items: readonly T[]; input: string | undefined; phone: string | null },
): T {
  const noun = NOUNS[path];
  const listNames = (named: readonly T[]) =>
    sayList(
      named.map(({ name }) => name),
      'or',
      5,
    );
  if (input === undefined) throw unclearArgument(path, `Which ${noun} would you like: ${listNames(items)}?`);
  const match = matchName(items, input);
  if ('found' in match) return match.found;
  const { candidates } = match;
  if (candidates.length > 0) throw unclearArgument(path, `Which ${noun} do you mean: ${listNames(candidates)}?`);
  const say =
    items.length === 0
      ? `Sorry, we do not offer that${sayPhone(phone)}.`
      : `Sorry, we do not have that ${noun}, but there is ${listNames(items)}.`;
  const choices = items.slice(0, 50).map(({ code, name }) => ({ code, name }));
  throw new AppError('not_found', { detail: `There is no such ${noun}.`, extra: { say, choices } });
}
