import { describeStart } from '../../../domain/speech/spoken-time/spoken-time.ts';
import { bookingCode } from '../../../http/contract/fields.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { findGuestBooking } from '../../../services/core/booking/find-guest-booking.ts';
import type { ToolCall } from '../agent-tool.ts';
import { unclearArgument } from './read-when.ts';

interface GuestIdentity {
  readonly code?: string | undefined;
  readonly phone?: string | undefined;
  readonly lastName?: string | undefined;
}

/** Finds the booking that the caller has identified. Throws: validation_failed with the question to ask; not_found. */
export async function readKnownBooking({ ctx, agent }: ToolCall, input: GuestIdentity): Promise<BookingSnapshot> {
  const code = readCode(input.code);
  if (code === null) throw unclearArgument('code', 'Which booking code do you have?');
  const { phone = null, lastName = null } = input;
  if (phone === null && lastName === null) throw unclearArgument('phone', 'Which telephone number was it booked with?');
  return findGuestBooking(ctx, { propertyId: agent.propertyId, code, phone, lastName });
}

/** Parses a booking code, also when dictated as "BK 2027 12". Throws: validation_failed with the question to ask. */
export function readCode(input: string | undefined): string | null {
  if (input === undefined) return null;
  const [, year = '', number = ''] = /^BK[\s-]*(\d{4})[\s-]*(\d+)$/.exec(input) ?? [];
  const parsed = bookingCode.safeParse(`BK-${year}-${number.padStart(4, '0')}`);
  if (!parsed.success) throw unclearArgument('code', 'Sorry, could you tell me the booking code again?');
  return parsed.data;
}

/** Describes a start in words. */
export function sayStart(startsAt: Date, { session }: ToolCall): string {
  return describeStart(startsAt, session.property.timezone, session.now);
}
