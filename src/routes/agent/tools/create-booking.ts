import { z } from 'zod';
import { sayBooking } from '../../../domain/speech/agent-say.ts';
import { email, lastName, name, phone, text } from '../../../http/contract/fields.ts';
import { findResponse } from '../../../services/core/idempotency/find-response.ts';
import { suggestOtherTimes } from '../../../services/agent/suggest-other-times.ts';
import { createBooking } from '../../../services/selling/new-booking/create-booking.ts';
import { storedCreation } from '../../../services/selling/new-booking/created-booking.ts';
import type { CreatedBooking } from '../../../services/selling/new-booking/created-booking.ts';
import type { NewBooking } from '../../../services/selling/new-booking/draft-booking.ts';
import { requireContact, toContact } from '../../shapes/fields/new-booking.ts';
import { manageUrlOf } from '../../shapes/views/booking/created-booking.ts';
import { viewAgentBooking } from '../agent-booking.ts';
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

const args = z.strictObject({
  ...serviceFields,
  ...stayFields,
  ...whenFields,
  ...personsFields,
  ...placeFields,
  guest: z
    .strictObject({
      firstName: name(100),
      lastName,
      email: email.optional().describe('For messages about the booking. Required without a telephone number.'),
      phone: phone.optional(),
    })
    .superRefine(requireContact)
    .describe('The guest.'),
  specialRequests: text(2_000).optional(),
});

export const createBookingTool = defineTool({
  name: 'create_booking',
  description:
    'Books a service at a time, or a room from checkIn to checkOut. Read the sentence in `say` back to the caller. ' +
    'When payment is due first, the time is held until `expiresAt`, and the guest pays at `manageUrl`.',
  isReading: false,
  args,
  example: {
    service: 'Facial',
    when: 'next Tuesday at 3 pm',
    provider: 'Danielle',
    guest: { firstName: 'Dana', lastName: 'Ortiz', email: 'dana@example.com', phone: '+1 312 555 0100' },
  },
  run: async (call, input) => {
    // Replays before parsing the arguments: a repeat of "today at three" may arrive after three.
    const first = await findResponse(call.ctx, storedCreation);
    return toResult(call, first ?? (await book(call, input)));
  },
});

async function book({ ctx, session }: ToolCall, input: z.output<typeof args>): Promise<CreatedBooking> {
  const { slug, timezone } = session.property;
  const common: Omit<NewBooking, 'kind'> = {
    slug,
    source: 'AI_RECEPTIONIST',
    payment: 'LINK',
    guest: toContact(input.guest),
    companions: [],
    booker: null,
    specialRequests: input.specialRequests ?? null,
    promoCode: null,
  };
  if (isStayRequest(session, input)) {
    const { code: roomType } = readRoomType(session, input.roomType);
    const { adults = 2, children = 0 } = input;
    const stay = { ...readNights(session, input), adults, children };
    return createBooking(ctx, { ...common, kind: 'STAY', roomType, stay });
  }
  const service = readService(session, input.service);
  const provider = readProvider(session, service, input.provider);
  const startsAt = readStartOf(session, input);
  const request = readRequest(session, input);
  const time = { slug, service: service.code, provider, startsAt };
  const appointment = { ...common, kind: 'APPOINTMENT' as const, ...time, ...request };
  return suggestOtherTimes(ctx, { ...time, timezone }, () => createBooking(ctx, appointment));
}

function toResult({ ctx }: ToolCall, { booking, guestToken }: CreatedBooking): ToolResult {
  // Spoken as of the time of the booking, so that a repeat gets an equal answer.
  const say = sayBooking(booking, new Date(booking.readAt));
  if (ctx.request.isDryRun) {
    const shown = { ...viewAgentBooking(booking), code: 'DRY-RUN' };
    return { say: say.replaceAll(booking.code, 'DRY-RUN'), data: { booking: shown, manageUrl: null } };
  }
  return { say, data: { booking: viewAgentBooking(booking), manageUrl: manageUrlOf(ctx, guestToken) } };
}
