import { z } from 'zod';
import { sayBalance, sayBooking, sayList, sayPhone } from '../../../domain/speech/agent-say.ts';
import { spellLocal } from '../../../domain/time/wall-time.ts';
import { AppError } from '../../../errors.ts';
import { listGuestBookings } from '../../../services/agent/list-guest-bookings.ts';
import { viewAgentBooking } from '../agent-booking.ts';
import { defineTool } from '../agent-tool.ts';
import type { ToolCall, ToolResult } from '../agent-tool.ts';
import { readKnownBooking, sayStart } from '../hearing/known-booking.ts';
import { unclear } from '../hearing/read-when.ts';
import { personFields } from '../hearing/tool-fields.ts';

export const findBookingTool = defineTool({
  name: 'find_booking',
  description:
    'Finds a booking by its code and the telephone number or the surname of the guest; ' +
    'or lists the bookings to come of a guest by telephone number and surname together.',
  isReading: true,
  args: z.strictObject(personFields),
  example: { code: 'BK-2027-0012', lastName: 'Ortiz' },
  run: async (call, said) => {
    const { code, phone, lastName } = said;
    if (code === undefined && (phone !== undefined || lastName !== undefined)) return listTheirs(call, phone, lastName);
    const booking = await readKnownBooking(call, said);
    const say = `${sayBooking(booking, call.desk.now)}${sayBalance(booking)}`;
    return { say, data: { booking: viewAgentBooking(booking) } };
  },
});

async function listTheirs(call: ToolCall, phone?: string, lastName?: string): Promise<ToolResult> {
  const { ctx, agent, desk } = call;
  const { timezone, phone: line } = desk.property;
  if (phone === undefined) throw unclear('phone', 'Which telephone number was it booked with?');
  if (lastName === undefined) throw unclear('lastName', 'Which surname was it booked under?');
  const found = await listGuestBookings(ctx, { propertyId: agent.propertyId, phone, lastName });
  if (found.length === 0) {
    const say = `Sorry, I find no booking to come by that name and number${sayPhone(line)}.`;
    throw new AppError('not_found', { detail: 'No booking to come goes by that name and number.', extra: { say } });
  }
  const spoken = found.map(({ title, startsAt }) => `${title}, ${sayStart(startsAt, call)}`);
  const bookings = found.map(({ code, title, startsAt }) => {
    return { code, title, startsAt: startsAt.toISOString(), localStart: spellLocal(startsAt, timezone) };
  });
  return { say: `I find ${sayList(spoken, 'and')}.`, data: { bookings } };
}
