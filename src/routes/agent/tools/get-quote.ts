import { z } from 'zod';
import { sayAmount, sayNights } from '../../../domain/speech/agent-say.ts';
import { dateInZone } from '../../../domain/time/calendar.ts';
import type { Price } from '../../../domain/money/price/price.ts';
import { describeStart } from '../../../domain/speech/spoken-time/spoken-time.ts';
import { quoteAppointment } from '../../../services/selling/pricing/quote-appointment.ts';
import { quoteStay } from '../../../services/selling/pricing/quote-stay.ts';
import { viewPrice } from '../../shapes/views/booking/price.ts';
import { defineTool } from '../agent-tool.ts';
import type { ToolCall, ToolResult } from '../agent-tool.ts';
import {
  isStayRequest,
  readNights,
  readProvider,
  readRequest,
  readRoomType,
  readService,
} from '../parsing/read-request.ts';
import { readStartOf } from '../parsing/read-when.ts';
import { personsFields, placeFields, serviceFields, stayFields, whenFields } from '../parsing/tool-fields.ts';

const args = z.strictObject({ ...serviceFields, ...stayFields, ...whenFields, ...personsFields, ...placeFields });

export const getQuoteTool = defineTool({
  name: 'get_quote',
  description: 'Quotes the exact price of a service or a stay at a time, and whether the time is free. Books nothing.',
  isReading: true,
  args,
  example: { service: 'Facial', when: 'next Tuesday at 3 pm' },
  run: async (call, input) => (isStayRequest(call.session, input) ? quoteRoom(call, input) : quoteService(call, input)),
});

type Arguments = z.output<typeof args>;

async function quoteService({ ctx, session }: ToolCall, input: Arguments): Promise<ToolResult> {
  const { slug, timezone } = session.property;
  const service = readService(session, input.service);
  const provider = readProvider(session, service, input.provider);
  const startsAt = readStartOf(session, input);
  const request = readRequest(session, input);
  const query = { slug, service: service.code, provider, startsAt, promoCode: null, ...request };
  const { price, available, reason } = await quoteAppointment(ctx, query);
  const when = describeStart(new Date(startsAt), timezone, session.now);
  const data = { service: service.code, provider, startsAt, timezone, price: viewPrice(price) };
  return { say: sayQuote(`${service.name}, ${when},`, price, reason === null), data: { ...data, available, reason } };
}

async function quoteRoom({ ctx, session }: ToolCall, input: Arguments): Promise<ToolResult> {
  const { slug, timezone } = session.property;
  const { code, name } = readRoomType(session, input.roomType);
  const nights = readNights(session, input);
  const { adults = 2, children = 0 } = input;
  const stay = { ...nights, adults, children };
  const { price, available, reason } = await quoteStay(ctx, { slug, roomType: code, stay, promoCode: null });
  const when = sayNights(nights, dateInZone(session.now, timezone));
  const data = { roomType: code, ...stay, timezone, price: viewPrice(price), available, reason };
  return { say: sayQuote(`${name}, ${when},`, price, reason === null), data };
}

function sayQuote(what: string, price: Price, isFree: boolean): string {
  const { totalPayable, depositDue, currency } = price;
  const deposit =
    depositDue > 0 && depositDue < totalPayable ? `, of which ${sayAmount(depositDue, currency)} is due now` : '';
  return `${what} is ${sayAmount(totalPayable, currency)}${deposit}${isFree ? '' : ', but it can not be had then'}.`;
}
