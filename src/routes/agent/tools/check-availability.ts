import { z } from 'zod';
import { sayAmount, sayList, sayNights, sayPhone, sayStarts } from '../../../domain/speech/agent-say.ts';
import { addDays, dateInZone } from '../../../domain/time/calendar.ts';
import type { Slot } from '../../../domain/availability/slots.ts';
import { describeDate, describeStart, hoursFromPart } from '../../../domain/speech/spoken-time/spoken-time.ts';
import type { PartOfDay } from '../../../domain/speech/spoken-time/spoken-time-words.ts';
import { formatLocal } from '../../../domain/time/wall-time.ts';
import { listOpenSlots } from '../../../services/stock/time/list-open-slots.ts';
import { searchStays } from '../../../services/selling/availability/search-stays.ts';
import { defineTool } from '../agent-tool.ts';
import type { ToolCall, ToolResult } from '../agent-tool.ts';
import { isStayRequest, readNights, readProvider, readRoomType, readService } from '../parsing/read-request.ts';
import { readWhen } from '../parsing/read-when.ts';
import { personsFields, serviceFields, stayFields, whenFields } from '../parsing/tool-fields.ts';

/** Days searched when no day was given. */
const DAYS_AHEAD = 7;
/** Days searched after the requested day when nothing is free on that day. */
const MORE_DAYS = 14;
/** Enough for a model to choose from; a caller hears three. */
const MAX_SLOTS = 60;
/** Providers listed beside a start. */
const MAX_PROVIDERS = 5;

const args = z.strictObject({ ...serviceFields, ...stayFields, ...whenFields, ...personsFields });

export const checkAvailabilityTool = defineTool({
  name: 'check_availability',
  description:
    'Lists when a service is free, on a day or over the next week; or which rooms are free from checkIn to checkOut. ' +
    'Offer only starts that are listed here.',
  isReading: true,
  args,
  example: { service: 'Facial', when: 'next Tuesday' },
  run: async (call, input) => (isStayRequest(call.session, input) ? findRooms(call, input) : findStarts(call, input)),
});

type Arguments = z.output<typeof args>;

async function findStarts({ ctx, session }: ToolCall, input: Arguments): Promise<ToolResult> {
  const { slug, timezone, phone } = session.property;
  const service = readService(session, input.service);
  const provider = readProvider(session, service, input.provider);
  const when = readWhen(session, input);
  const today = dateInZone(session.now, timezone);
  const from = when?.date ?? today;
  const listBetween = (first: string, last: string) =>
    listOpenSlots(ctx, { slug, service: service.code, provider, from: first, to: last });
  const { slots: found } = await listBetween(from, when === null ? addDays(today, DAYS_AHEAD - 1) : from);
  const { slots, isOtherPart } = filterByPart(found, when?.part, timezone);
  // Nothing free on that day: searches the next days, so that the caller need not ask day by day.
  const later = slots.length > 0 ? [] : (await listBetween(addDays(from, 1), addDays(from, MORE_DAYS))).slots;
  const requested = when?.startsAt ?? null;
  const isFree = requested === null ? null : slots.some(({ startsAt }) => startsAt === Date.parse(requested));
  const offered = requested === null ? slots : byNearness(slots, Date.parse(requested));
  const describe = ({ startsAt }: Slot) => describeStart(new Date(startsAt), timezone, session.now);
  const view = ({ startsAt, providers }: Slot) => ({
    startsAt: new Date(startsAt).toISOString(),
    localStart: formatLocal(new Date(startsAt), timezone),
    providers: providers.slice(0, MAX_PROVIDERS),
  });
  const data = {
    service: service.code,
    serviceName: service.name,
    durationMinutes: service.durationMinutes,
    timezone,
    from,
    requested: requested === null ? null : { localStart: requested, available: isFree },
    slots: (slots.length > 0 ? slots : later).slice(0, MAX_SLOTS).map(view),
    slotsFound: slots.length > 0 ? slots.length : later.length,
    phone,
  };
  if (isFree === true) return { say: `Yes, ${service.name} is free ${describe(firstOf(offered))}.`, data };
  const day = when === null ? 'in the next week' : `on ${describeDate(from, today)}`;
  if (slots.length > 0) {
    const isAsRequested = requested === null && !isOtherPart;
    const near = spread(offered, !isAsRequested).map(({ startsAt }) => new Date(startsAt));
    const times = sayStarts(near, timezone, session.now);
    const say = isAsRequested
      ? `${service.name} is free ${times}.`
      : `Sorry, that time is not free; I could offer ${times}.`;
    return { say, data };
  }
  const [next] = later;
  const instead = next === undefined ? sayPhone(phone) : `; the next time I have is ${describe(next)}`;
  return { say: `Sorry, ${service.name} is not free ${day}${instead}.`, data };
}

async function findRooms({ ctx, session }: ToolCall, input: Arguments): Promise<ToolResult> {
  const { slug, timezone, currency, phone } = session.property;
  const nights = readNights(session, input);
  const requested = input.roomType === undefined ? null : readRoomType(session, input.roomType).code;
  const { adults = 2, children = 0 } = input;
  const found = await searchStays(ctx, { slug, ...nights, adults, children, promoCode: null });
  const rooms = found.roomTypes
    .filter(({ code }) => requested === null || code === requested)
    .map(({ code, name, available, reason, price }) => {
      return { code, name, available, bookable: reason === null, reason, totalPayable: price.totalPayable };
    });
  const free = rooms.filter(({ bookable }) => bookable);
  const when = sayNights(nights, dateInZone(session.now, timezone));
  const offers = free.map(({ name, totalPayable }) => `${name} for ${sayAmount(totalPayable, currency)} in all`);
  const say =
    free.length === 0
      ? `Sorry, nothing is free ${when}${sayPhone(phone)}.`
      : `There is ${sayList(offers, 'or')} ${when}.`;
  return { say, data: { ...nights, nights: found.nights, timezone, currency, roomTypes: rooms, phone } };
}

/** Filters starts by the requested part of the day; without a match, returns the whole day, nearest start first. */
function filterByPart(
  slots: readonly Slot[],
  part: PartOfDay | undefined,
  timezone: string,
): { slots: readonly Slot[]; isOtherPart: boolean } {
  if (part === undefined) return { slots, isOtherPart: false };
  const distances = slots.map((slot) => ({
    slot,
    hours: hoursFromPart(formatLocal(new Date(slot.startsAt), timezone), part),
  }));
  const inPart = distances.filter(({ hours }) => hours === null);
  const chosen = inPart.length > 0 ? inPart : distances.toSorted((a, b) => (a.hours ?? 0) - (b.hours ?? 0));
  return { slots: chosen.map(({ slot }) => slot), isOtherPart: inPart.length === 0 };
}

function byNearness(slots: readonly Slot[], requested: number): Slot[] {
  return slots.toSorted((a, b) => Math.abs(a.startsAt - requested) - Math.abs(b.startsAt - requested));
}

/** Picks three starts: the nearest to the requested start, or the first, middle and last of the day. */
function spread(slots: readonly Slot[], areNear: boolean): Slot[] {
  if (areNear || slots.length <= 3) return slots.slice(0, 3);
  return [slots[0], slots[Math.floor(slots.length / 2)], slots.at(-1)].filter((slot) => slot !== undefined);
}

function firstOf(slots: readonly Slot[]): Slot {
  const [first] = slots;
  if (first === undefined) throw new Error('Bug: a start that is free and not listed');
  return first;
}
