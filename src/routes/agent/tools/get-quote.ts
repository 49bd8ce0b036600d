import { z } from 'zod';
import { sayAmount, sayNights } from '../../../domain/speech/agent-say.ts';
import { dateInZone } from '../../../domain/time/calendar.ts';
import type { Price } from '../../../domain/money/price/price.ts';
import { describeStart } from '../../../domain/speech/spoken-time/spoken-time.ts';
import { quoteAppointment } from '../../../services/pricing/quote-appointment.ts';
import { quoteStay } from '../../../services/pricing/quote-stay.ts';
import { viewPrice } from '../../views/booking/price.ts';
import { defineTool } from '../agent-tool.ts';
import type { ToolCall, ToolResult } from '../agent-tool.ts';
import { isStayWish, readNights, readProvider, readRequest, readRoomType, readService } from '../hearing/read-wish.ts';
import { readStartOf } from '../hearing/read-when.ts';
import { personsFields, placeFields, serviceFields, stayFields, whenFields } from '../hearing/tool-fields.ts';

const args = z.strictObject({ ...serviceFields, ...stayFields, ...whenFields, ...personsFields, ...placeFields });

export const getQuoteTool = defineTool({
  name: 'get_quote',
  description: 'What a service or a stay costs at a time, to the cent, and whether it can be had. Books nothing.',
  isReading: true,
  args,
  example: { service: 'Facial', when: 'next Tuesday at 3 pm' },
  run: async (call, said) => (isStayWish(call.desk, said) ? quoteRoom(call, said) : quoteService(call, said)),
});

type Said = z.output<typeof args>;

async function quoteService({ ctx, desk }: ToolCall, said: Said): Promise<ToolResult> {
  const { slug, timezone } = desk.property;
  const service = readService(desk, said.service);
  const provider = readProvider(desk, service, said.provider);
  const startsAt = readStartOf(desk, said);
  const request = readRequest(desk, said);
  const wish = { slug, service: service.code, provider, startsAt, promoCode: null, ...request };
  const { price, available, reason } = await quoteAppointment(ctx, wish);
  const when = describeStart(new Date(startsAt), timezone, desk.now);
  const data = { service: service.code, provider, startsAt, timezone, price: viewPrice(price) };
  return { say: sayQuote(`${service.name}, ${when},`, price, reason === null), data: { ...data, available, reason } };
}

async function quoteRoom({ ctx, desk }: ToolCall, said: Said): Promise<ToolResult> {
  const { slug, timezone } = desk.property;
  const { code, name } = readRoomType(desk, said.roomType);
  const nights = readNights(desk, said);
  const { adults = 2, children = 0 } = said;
  const stay = { ...nights, adults, children };
  const { price, available, reason } = await quoteStay(ctx, { slug, roomType: code, stay, promoCode: null });
  const when = sayNights(nights, dateInZone(desk.now, timezone));
  const data = { roomType: code, ...stay, timezone, price: viewPrice(price), available, reason };
  return { say: sayQuote(`${name}, ${when},`, price, reason === null), data };
}

function sayQuote(what: string, price: Price, isFree: boolean): string {
  const { totalPayable, depositDue, currency } = price;
  const deposit =
    depositDue > 0 && depositDue < totalPayable ? `, of which ${sayAmount(depositDue, currency)} is due now` : '';
  return `${what} is ${sayAmount(totalPayable, currency)}${deposit}${isFree ? '' : ', but it can not be had then'}.`;
}
