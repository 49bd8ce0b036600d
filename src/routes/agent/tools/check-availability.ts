import { z } from 'zod';
import { sayAmount, sayList, sayNights, sayPhone, sayStarts } from '../../../domain/speech/agent-say.ts';
import { addDays, dateInZone } from '../../../domain/time/calendar.ts';
import type { Slot } from '../../../domain/availability/slots.ts';
import { describeDate, describeStart, hoursFromPart } from '../../../domain/speech/spoken-time/spoken-time.ts';
import type { PartOfDay } from '../../../domain/speech/spoken-time/spoken-time-words.ts';
import { spellLocal } from '../../../domain/time/wall-time.ts';
import { listOpenSlots } from '../../../services/slots/list-open-slots.ts';
import { searchStays } from '../../../services/availability/search-stays.ts';
import { defineTool } from '../agent-tool.ts';
import type { ToolCall, ToolResult } from '../agent-tool.ts';
import { isStayWish, readNights, readProvider, readRoomType, readService } from '../hearing/read-wish.ts';
import { readWhen } from '../hearing/read-when.ts';
import { personsFields, serviceFields, stayFields, whenFields } from '../hearing/tool-fields.ts';

/** How far is looked when no day was said. */
const DAYS_AHEAD = 7;
/** How far beyond the day that was asked for, when nothing is free on it. */
const MORE_DAYS = 14;
/** More than anybody listens to; a model chooses from them. */
const MAX_SLOTS = 60;
/** Names beside a start; whoever else is free comes with the booking. */
const MAX_PROVIDERS = 5;

const args = z.strictObject({ ...serviceFields, ...stayFields, ...whenFields, ...personsFields });

export const checkAvailabilityTool = defineTool({
  name: 'check_availability',
  description:
    'When a service can be had, on a day or over the next week; or which rooms are free from checkIn to checkOut. ' +
    'Offer only starts that are listed here.',
  isReading: true,
  args,
  example: { service: 'Facial', when: 'next Tuesday' },
  run: async (call, said) => (isStayWish(call.desk, said) ? findRooms(call, said) : findStarts(call, said)),
});

type Said = z.output<typeof args>;

async function findStarts({ ctx, desk }: ToolCall, said: Said): Promise<ToolResult> {
  const { slug, timezone, phone } = desk.property;
  const service = readService(desk, said.service);
  const provider = readProvider(desk, service, said.provider);
  const meant = readWhen(desk, said);
  const today = dateInZone(desk.now, timezone);
  const from = meant?.date ?? today;
  const look = (first: string, last: string) =>
    listOpenSlots(ctx, { slug, service: service.code, provider, from: first, to: last });
  const { slots: found } = await look(from, meant === null ? addDays(today, DAYS_AHEAD - 1) : from);
  const { slots, isElsewhen } = takePart(found, meant?.part, timezone);
  // Nothing free that day: the next that is, so that nobody has to ask day by day.
  const later = slots.length > 0 ? [] : (await look(addDays(from, 1), addDays(from, MORE_DAYS))).slots;
  const wished = meant?.startsAt ?? null;
  const isFree = wished === null ? null : slots.some(({ startsAt }) => startsAt === Date.parse(wished));
  const offered = wished === null ? slots : byNearness(slots, Date.parse(wished));
  const spell = ({ startsAt }: Slot) => describeStart(new Date(startsAt), timezone, desk.now);
  const view = ({ startsAt, providers }: Slot) => ({
    ...{ startsAt: new Date(startsAt).toISOString(), localStart: spellLocal(new Date(startsAt), timezone) },
    providers: providers.slice(0, MAX_PROVIDERS),
  });
  const data = {
    ...{ service: service.code, serviceName: service.name, durationMinutes: service.durationMinutes, timezone },
    ...{ from, requested: wished === null ? null : { localStart: wished, available: isFree } },
    slots: (slots.length > 0 ? slots : later).slice(0, MAX_SLOTS).map(view),
    slotsFound: slots.length > 0 ? slots.length : later.length,
    phone,
  };
  if (isFree === true) return { say: `Yes, ${service.name} is free ${spell(firstOf(offered))}.`, data };
  const day = meant === null ? 'in the next week' : `on ${describeDate(from, today)}`;
  if (slots.length > 0) {
    const isAsked = wished === null && !isElsewhen;
    const near = spread(offered, !isAsked).map(({ startsAt }) => new Date(startsAt));
    const times = sayStarts(near, timezone, desk.now);
    const say = isAsked ? `${service.name} is free ${times}.` : `Sorry, that time is not free; I could offer ${times}.`;
    return { say, data };
  }
  const [next] = later;
  const instead = next === undefined ? sayPhone(phone) : `; the next time I have is ${spell(next)}`;
  return { say: `Sorry, ${service.name} is not free ${day}${instead}.`, data };
}

async function findRooms({ ctx, desk }: ToolCall, said: Said): Promise<ToolResult> {
  const { slug, timezone, currency, phone } = desk.property;
  const nights = readNights(desk, said);
  const wished = said.roomType === undefined ? null : readRoomType(desk, said.roomType).code;
  const { adults = 2, children = 0 } = said;
  const found = await searchStays(ctx, { slug, ...nights, adults, children, promoCode: null });
  const rooms = found.roomTypes
    .filter(({ code }) => wished === null || code === wished)
    .map(({ code, name, available, reason, price }) => {
      return { code, name, available, bookable: reason === null, reason, totalPayable: price.totalPayable };
    });
  const free = rooms.filter(({ bookable }) => bookable);
  const when = sayNights(nights, dateInZone(desk.now, timezone));
  const offers = free.map(({ name, totalPayable }) => `${name} for ${sayAmount(totalPayable, currency)} in all`);
  const say =
    free.length === 0
      ? `Sorry, nothing is free ${when}${sayPhone(phone)}.`
      : `There is ${sayList(offers, 'or')} ${when}.`;
  return { say, data: { ...nights, nights: found.nights, timezone, currency, roomTypes: rooms, phone } };
}

/** The starts in the part of the day that was asked for; where it has none, all of that day, the nearest first. */
function takePart(
  slots: readonly Slot[],
  part: PartOfDay | undefined,
  timezone: string,
): { slots: readonly Slot[]; isElsewhen: boolean } {
  if (part === undefined) return { slots, isElsewhen: false };
  const away = slots.map((slot) => ({
    slot,
    hours: hoursFromPart(spellLocal(new Date(slot.startsAt), timezone), part),
  }));
  const inPart = away.filter(({ hours }) => hours === null);
  const taken = inPart.length > 0 ? inPart : away.toSorted((a, b) => (a.hours ?? 0) - (b.hours ?? 0));
  return { slots: taken.map(({ slot }) => slot), isElsewhen: inPart.length === 0 };
}

function byNearness(slots: readonly Slot[], wished: number): Slot[] {
  return slots.toSorted((a, b) => Math.abs(a.startsAt - wished) - Math.abs(b.startsAt - wished));
}

/** Three of them: the nearest to what was wished, or else the first, one in the middle and the last. */
function spread(slots: readonly Slot[], areNear: boolean): Slot[] {
  if (areNear || slots.length <= 3) return slots.slice(0, 3);
  return [slots[0], slots[Math.floor(slots.length / 2)], slots.at(-1)].filter((slot) => slot !== undefined);
}

function firstOf(slots: readonly Slot[]): Slot {
  const [first] = slots;
  if (first === undefined) throw new Error('Bug: a start that is free and not listed');
  return first;
}
