import { z } from 'zod';
import { sayBalance, sayBooking, sayMove } from '../../../domain/speech/agent-say.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { suggestOtherTimes } from '../../../services/agent/suggest-other-times.ts';
import { defineTool } from '../agent-tool.ts';
import type { ToolCall, ToolResult } from '../agent-tool.ts';
import { commit, propose } from '../change-tool.ts';
import { readKnownBooking } from '../parsing/known-booking.ts';
import { readProvider, readNights } from '../parsing/read-request.ts';
import { readStartOf } from '../parsing/read-when.ts';
import { confirmField, nightFields, personFields, serviceFields, whenFields } from '../parsing/tool-fields.ts';

const args = z.strictObject({
  ...personFields,
  ...whenFields,
  ...nightFields,
  provider: serviceFields.provider,
  ...confirmField,
});

export const rescheduleBookingTool = defineTool({
  name: 'reschedule_booking',
  description:
    'Moves a booking to another time, in two steps. First with the code, the telephone number or surname, and the new time: ' +
    'nothing changes, `say` is the question to ask the caller and `proposal.confirm` is a token. ' +
    'Once they have said yes, call it again with `confirm` alone.',
  isReading: false,
  findsBooking: true,
  args,
  example: { code: 'BK-2027-0012', lastName: 'Ortiz', when: 'Thursday at 10 am' },
  run: async (call, input) => {
    const { confirm, code } = input;
    if (confirm === undefined) return proposeMove(call, input);
    const say = (booking: BookingSnapshot) => `${sayBooking(booking, new Date(booking.readAt))}${sayBalance(booking)}`;
    return commit(call, { action: 'reschedule', token: confirm, code, say });
  },
});

async function proposeMove(call: ToolCall, input: z.output<typeof args>): Promise<ToolResult> {
  const { ctx, session } = call;
  const booking = await readKnownBooking(call, input);
  const say = (preview: BookingSnapshot) => sayMove(booking, preview, session.now);
  if (booking.appointment === null) {
    return propose(call, {
      booking,
      change: { action: 'reschedule', to: { kind: 'STAY', ...readNights(session, input) } },
      say,
    });
  }
  const { code: service } = booking.appointment.service;
  const sold = session.property.services.find(({ code }) => code === service);
  const provider = sold === undefined ? null : readProvider(session, sold, input.provider);
  const startsAt = readStartOf(session, input);
  const { slug, timezone } = session.property;
  return suggestOtherTimes(ctx, { slug, service, provider, startsAt, timezone }, () =>
    propose(call, { booking, change: { action: 'reschedule', to: { kind: 'APPOINTMENT', startsAt, provider } }, say }),
  );
}
