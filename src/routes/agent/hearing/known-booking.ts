import { describeStart } from '../../../domain/speech/spoken-time/spoken-time.ts';
import { bookingCode } from '../../../http/contract/fields.ts';
import type { BookingSnapshot } from '../../../domain/booking.ts';
import { findGuestBooking } from '../../../services/agent/find-guest-booking.ts';
import type { ToolCall } from '../agent-tool.ts';
import { unclear } from './read-when.ts';

interface SaidPerson {
  readonly code?: string | undefined;
  readonly phone?: string | undefined;
  readonly lastName?: string | undefined;
}

/** The booking a caller speaks of and may. Throws: validation_failed with the question to ask, not_found. */
export async function readKnownBooking({ ctx, agent }: ToolCall, said: SaidPerson): Promise<BookingSnapshot> {
  const code = readCode(said.code);
  if (code === null) throw unclear('code', 'Which booking code do you have?');
  const { phone = null, lastName = null } = said;
  if (phone === null && lastName === null) throw unclear('phone', 'Which telephone number was it booked with?');
  return findGuestBooking(ctx, { propertyId: agent.propertyId, code, phone, lastName });
}

/** A code as it is, or as it is spelled out: "BK 2027 12". */
export function readCode(said: string | undefined): string | null {
  if (said === undefined) return null;
  const [, year = '', number = ''] = /^BK[\s-]*(\d{4})[\s-]*(\d+)$/.exec(said) ?? [];
  const spelled = bookingCode.safeParse(`BK-${year}-${number.padStart(4, '0')}`);
  if (!spelled.success) throw unclear('code', 'Sorry, could you tell me the booking code again?');
  return spelled.data;
}

/** A start in words for a list. */
export function sayStart(startsAt: Date, { desk }: ToolCall): string {
  return describeStart(startsAt, desk.property.timezone, desk.now);
}
