import { sayList, sayPhone } from '../../../domain/speech/agent-say.ts';
import type { AppointmentRequest } from '../../../domain/availability/appointment.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { matchName } from '../../../domain/speech/spoken-name.ts';
import type { Named } from '../../../domain/speech/spoken-name.ts';
import { MAX_NIGHTS } from '../../../domain/availability/stay.ts';
import { AppError } from '../../../errors.ts';
import type { Desk } from '../../../services/agent/read-desk.ts';
import { toAddress } from '../../fields/appointment-fields.ts';
import { readDay, unclear } from './read-when.ts';

export type SoldService = Desk['property']['services'][number];

interface SaidWish {
  readonly service?: string | undefined;
  readonly provider?: string | undefined;
  readonly roomType?: string | undefined;
  readonly checkIn?: string | undefined;
  readonly checkOut?: string | undefined;
  readonly adults?: number | undefined;
  readonly children?: number | undefined;
}

/** Whether a caller speaks of a room: by its type, by its nights, or because nothing else is sold here. */
export function isStayWish({ property }: Desk, { service, roomType, checkIn, checkOut }: SaidWish): boolean {
  if (service !== undefined) return false;
  if (roomType !== undefined || checkIn !== undefined || checkOut !== undefined) return true;
  return property.services.length === 0 && property.roomTypes.length > 0;
}

/** The service that was meant; the only one, where one is all there is. Throws: validation_failed, not_found. */
export function readService({ property }: Desk, said: string | undefined): SoldService {
  const { services, phone } = property;
  const [only] = services;
  if (said === undefined && only !== undefined && services.length === 1) return only;
  return pick('service', { items: services, said, phone });
}

/** Who is asked for, by code; null: anybody. Throws: not_found. */
export function readProvider({ property }: Desk, service: SoldService, said: string | undefined): string | null {
  if (said === undefined) return null;
  const items = service.providers.map(({ provider }) => provider);
  return pick('provider', { items, said, phone: property.phone }).code;
}

/** The room type that was meant. Throws: validation_failed, not_found. */
export function readRoomType({ property }: Desk, said: string | undefined): Desk['property']['roomTypes'][number] {
  return pick('roomType', { items: property.roomTypes, said, phone: property.phone });
}

interface SaidNights {
  readonly checkIn?: string | undefined;
  readonly checkOut?: string | undefined;
}

/** The nights of a stay. Throws: validation_failed, past_time. */
export function readNights(desk: Desk, said: SaidNights): { checkIn: PlainDate; checkOut: PlainDate } {
  const checkIn = readDay(desk, 'checkIn', said.checkIn);
  const checkOut = readDay(desk, 'checkOut', said.checkOut);
  const nights = countDays(checkIn, checkOut);
  if (nights < 1) throw unclear('checkOut', 'Sorry, which day after your arrival would you like to leave?');
  if (nights > MAX_NIGHTS) throw unclear('checkOut', `Sorry, the longest stay is ${String(MAX_NIGHTS)} nights.`);
  return { checkIn, checkOut };
}

/** For how many, and where. Throws: not_found for a zone there is not. */
export function readRequest(
  { property }: Desk,
  said: SaidWish & {
    readonly address?: Parameters<typeof toAddress>[0] | undefined;
    readonly zone?: string | undefined;
  },
): AppointmentRequest {
  const { adults = 1, children = 0, address, zone } = said;
  const { phone, zones } = property;
  return {
    ...{ adults, children },
    address: address === undefined ? null : toAddress(address),
    zone: zone === undefined ? null : pick('zone', { items: zones, said: zone, phone }).code,
  };
}

const NOUNS = { service: 'service', provider: 'person', roomType: 'room', zone: 'area' } as const;

/** The one of the items that was said. Throws, with a question that names those there are: validation_failed, not_found. */
function pick<T extends Named>(
  path: keyof typeof NOUNS,
  { items, said, phone }: { items: readonly T[]; said: string | undefined; phone: string | null },
): T {
  const noun = NOUNS[path];
  const spell = (named: readonly T[]) =>
    sayList(
      named.map(({ name }) => name),
      'or',
      5,
    );
  if (said === undefined) throw unclear(path, `Which ${noun} would you like: ${spell(items)}?`);
  const match = matchName(items, said);
  if ('found' in match) return match.found;
  const { candidates } = match;
  if (candidates.length > 0) throw unclear(path, `Which ${noun} do you mean: ${spell(candidates)}?`);
  const say =
    items.length === 0
      ? `Sorry, we do not offer that${sayPhone(phone)}.`
      : `Sorry, we do not have that ${noun}, but there is ${spell(items)}.`;
  const choices = items.slice(0, 50).map(({ code, name }) => ({ code, name }));
  throw new AppError('not_found', { detail: `There is no such ${noun}.`, extra: { say, choices } });
}
