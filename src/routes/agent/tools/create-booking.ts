import { z } from 'zod';
import { sayBooking } from '../../../domain/speech/agent-say.ts';
import { email, phone, text } from '../../../http/contract/fields.ts';
import { findFirstAnswer } from '../../../services/agent/find-first-answer.ts';
import { offerInstead } from '../../../services/agent/offer-instead.ts';
import { createBooking } from '../../../services/new-booking/create-booking.ts';
import type { NewBooking } from '../../../services/new-booking/draft-booking.ts';
import type { CreatedBooking } from '../../../services/new-booking/write-booking.ts';
import { manageUrlOf } from '../../views/booking/created-booking.ts';
import { viewAgentBooking } from '../agent-booking.ts';
import { defineTool } from '../agent-tool.ts';
import type { ToolCall, ToolResult } from '../agent-tool.ts';
import { isStayWish, readNights, readProvider, readRequest, readRoomType, readService } from '../hearing/read-wish.ts';
import { readStartOf } from '../hearing/read-when.ts';
import { personsFields, placeFields, serviceFields, stayFields, whenFields } from '../hearing/tool-fields.ts';

const args = z.strictObject({
  ...serviceFields,
  ...stayFields,
  ...whenFields,
  ...personsFields,
  ...placeFields,
  guest: z
    .strictObject({
      firstName: text(100),
      lastName: text(100),
      email: email.describe('Gets the mail.'),
      phone: phone.optional(),
    })
    .describe('Who comes.'),
  specialRequests: text(2_000).optional(),
});

export const createBookingTool = defineTool({
  name: 'create_booking',
  description:
    'Books a service at a time, or a room from checkIn to checkOut. Read the sentence in `say` back to the caller. ' +
    'Where payment is needed first, the time is held until `expiresAt`, and `manageUrl` is where it is paid.',
  isReading: false,
  args,
  example: {
    ...{ service: 'Facial', when: 'next Tuesday at 3 pm', provider: 'Danielle' },
    guest: { firstName: 'Dana', lastName: 'Ortiz', email: 'dana@example.com', phone: '+1 312 555 0100' },
  },
  run: async (call, said) => {
    const first = (await findFirstAnswer(call.ctx)) as CreatedBooking | null;
    return answer(call, first ?? (await book(call, said)));
  },
});

async function book({ ctx, desk, agent }: ToolCall, said: z.output<typeof args>): Promise<CreatedBooking> {
  const { slug, timezone } = desk.property;
  const wish: NewBooking = {
    ...{ slug, source: 'AI_RECEPTIONIST', payment: 'LINK', actor: agent.actor },
    guest: { ...said.guest, phone: said.guest.phone ?? null },
    ...{ companions: [], booker: null, specialRequests: said.specialRequests ?? null, promoCode: null },
  };
  if (isStayWish(desk, said)) {
    const { code: roomType } = readRoomType(desk, said.roomType);
    const { adults = 2, children = 0 } = said;
    return createBooking(ctx, { ...wish, roomType, stay: { ...readNights(desk, said), adults, children } });
  }
  const service = readService(desk, said.service);
  const provider = readProvider(desk, service, said.provider);
  const startsAt = readStartOf(desk, said);
  const request = readRequest(desk, said);
  const time = { slug, service: service.code, provider, startsAt };
  return offerInstead(ctx, { ...time, timezone }, () => createBooking(ctx, { ...wish, ...time, ...request }));
}

function answer({ ctx }: ToolCall, { booking, guestToken }: CreatedBooking): ToolResult {
  // Said as of when it was made, so that a repeat is told the same.
  const say = sayBooking(booking, new Date(booking.readAt));
  if (ctx.request.isDryRun) {
    const shown = { ...viewAgentBooking(booking), code: 'DRY-RUN' };
    return { say: say.replaceAll(booking.code, 'DRY-RUN'), data: { booking: shown, manageUrl: null } };
  }
  return { say, data: { booking: viewAgentBooking(booking), manageUrl: manageUrlOf(ctx, guestToken) } };
}
