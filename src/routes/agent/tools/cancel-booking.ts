import { z } from 'zod';
import { computeCancellationOutcome } from '../../../domain/booking/cancellation-outcome.ts';
import { sayBooking, sayCancellation } from '../../../domain/speech/agent-say.ts';
import { text } from '../../../http/contract/fields.ts';
import { viewAgentBooking } from '../agent-booking.ts';
import { defineTool } from '../agent-tool.ts';
import { commit, propose } from '../change-tool.ts';
import { readKnownBooking } from '../parsing/known-booking.ts';
import { confirmField, personFields } from '../parsing/tool-fields.ts';

export const cancelBookingTool = defineTool({
  name: 'cancel_booking',
  description:
    'Cancels a booking, in two steps. First with the code and the telephone number or surname: nothing changes, `say` is ' +
    'the question to ask the caller, with the refund and the fee (`proposal.refundAmount`, `proposal.fee`), and ' +
    '`proposal.confirm` is a token. Once they have said yes, call it again with `confirm` alone.',
  isReading: false,
  findsBooking: true,
  args: z.strictObject({ ...personFields, reason: text(500).optional(), ...confirmField }),
  example: { code: 'BK-2027-0012', phone: '+1 312 555 0100' },
  run: async (call, input) => {
    const { now } = call.session;
    const { confirm: token, code, reason = null } = input;
    if (token !== undefined) {
      return commit(call, { action: 'cancel', token, code, say: (done) => sayBooking(done, new Date(done.readAt)) });
    }
    const booking = await readKnownBooking(call, input);
    // Already cancelled: nothing needs a confirmation.
    if (booking.status === 'CANCELLED') {
      return { say: sayBooking(booking, now), data: { booking: viewAgentBooking(booking), isChanged: false } };
    }
    return propose(call, {
      booking,
      change: { action: 'cancel', reason },
      say: (preview) => sayCancellation(booking, computeCancellationOutcome(booking, preview), now),
      terms: (preview) => computeCancellationOutcome(booking, preview),
    });
  },
});
