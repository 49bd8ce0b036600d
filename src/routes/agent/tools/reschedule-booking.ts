import { z } from 'zod';
import { sayBalance, sayBooking, sayMove } from '../../../domain/speech/agent-say.ts';
import type { BookingSnapshot } from '../../../domain/booking.ts';
import { offerInstead } from '../../../services/agent/offer-instead.ts';
import { defineTool } from '../agent-tool.ts';
import type { ToolCall, ToolResult } from '../agent-tool.ts';
import { commit, propose } from '../change-tool.ts';
import { readKnownBooking } from '../hearing/known-booking.ts';
import { readProvider, readNights } from '../hearing/read-wish.ts';
import { readStartOf } from '../hearing/read-when.ts';
import { confirmField, nightFields, personFields, serviceFields, whenFields } from '../hearing/tool-fields.ts';

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
    'nothing changes, `say` is the question to ask the caller and `proposal.confirm` a token. ' +
    'Once they have said yes, call it again with `confirm` alone.',
  isReading: false,
  args,
  example: { code: 'BK-2027-0012', lastName: 'Ortiz', when: 'Thursday at 10 am' },
  run: async (call, said) => {
    const { confirm, code } = said;
    if (confirm === undefined) return proposeMove(call, said);
    const say = (booking: BookingSnapshot) => `${sayBooking(booking, new Date(booking.readAt))}${sayBalance(booking)}`;
    return commit(call, { action: 'reschedule', token: confirm, code, say });
  },
});

async function proposeMove(call: ToolCall, said: z.output<typeof args>): Promise<ToolResult> {
  const { ctx, desk } = call;
  const booking = await readKnownBooking(call, said);
  const say = (preview: BookingSnapshot) => sayMove(booking, preview, desk.now);
  if (booking.appointment === null) {
    return propose(call, { booking, change: { action: 'reschedule', to: readNights(desk, said) }, say });
  }
  const { code: service } = booking.appointment.service;
  const sold = desk.property.services.find(({ code }) => code === service);
  const provider = sold === undefined ? null : readProvider(desk, sold, said.provider);
  const startsAt = readStartOf(desk, said);
  const { slug, timezone } = desk.property;
  return offerInstead(ctx, { slug, service, provider, startsAt, timezone }, () =>
    propose(call, { booking, change: { action: 'reschedule', to: { startsAt, provider } }, say }),
  );
}
