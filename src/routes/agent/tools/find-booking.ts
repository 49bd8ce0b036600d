import { z } from 'zod';
import { sayBalance, sayBooking, sayList, sayPhone } from '../../../domain/speech/agent-say.ts';
import { formatLocal } from '../../../domain/time/wall-time.ts';
import { AppError } from '../../../errors.ts';
import { listGuestBookings } from '../../../services/agent/list-guest-bookings.ts';
import { viewAgentBooking } from '../agent-booking.ts';
import { defineTool } from '../agent-tool.ts';
import type { ToolCall, ToolResult } from '../agent-tool.ts';
import { readKnownBooking, sayStart } from '../parsing/known-booking.ts';
import { unclearArgument } from '../parsing/read-when.ts';
import { personFields } from '../parsing/tool-fields.ts';

export const findBookingTool = defineTool({
  name: 'find_booking',
  description:
    'Finds a booking by its code and the telephone number or the surname of the guest; ' +
    'or lists the upcoming bookings of a guest by telephone number and surname together.',
  isReading: true,
  findsBooking: true,
  args: z.strictObject(personFields),
  example: { code: 'BK-2027-0012', lastName: 'Ortiz' },
  run: async (call, input) => {
    const { code, phone, lastName } = input;
    if (code === undefined && (phone !== undefined || lastName !== undefined))
      return listBookingsOf(call, phone, lastName);
    const booking = await readKnownBooking(call, input);
    const say = `${sayBooking(booking, call.session.now)}${sayBalance(booking)}`;
    return { say, data: { booking: viewAgentBooking(booking) } };
  },
});

async function listBookingsOf(call: ToolCall, phone?: string, lastName?: string): Promise<ToolResult> {
  const { ctx, agent, session } = call;
  const { timezone, phone: line } = session.property;
  if (phone === undefined) throw unclearArgument('phone', 'Which telephone number was it booked with?');
  if (lastName === undefined) throw unclearArgument('lastName', 'Which surname was it booked under?');
  const found = await listGuestBookings(ctx, { propertyId: agent.propertyId, phone, lastName });
  if (found.length === 0) {
    const say = `Sorry, I find no booking to come by that name and number${sayPhone(line)}.`;
    throw new AppError('not_found', {
      detail: 'No upcoming booking has this name and telephone number.',
      extra: { say },
    });
  }
  const spoken = found.map(({ title, startsAt }) => `${title}, ${sayStart(startsAt, call)}`);
  const bookings = found.map(({ code, title, startsAt }) => {
    return { code, title, startsAt: startsAt.toISOString(), localStart: formatLocal(startsAt, timezone) };
  });
  return { say: `I find ${sayList(spoken, 'and')}.`, data: { bookings } };
}
