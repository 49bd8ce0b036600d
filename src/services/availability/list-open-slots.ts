import type { Context } from '../../context.ts';
import { slotTermsOf } from '../../domain/appointment.ts';
import type { PlainDate } from '../../domain/calendar.ts';
import { listSlots } from '../../domain/slots.ts';
import type { Slot } from '../../domain/slots.ts';
import { readSlots } from './read-slots.ts';

export interface OpenSlots {
  readonly timezone: string;
  readonly durationMinutes: number;
  readonly slots: readonly Slot[];
  /** For who finds nothing. */
  readonly phone: string | null;
}

/** Every start of a service that can be booked from `from` to `to`, both included, with who is free. Throws: not_found. */
export async function listOpenSlots(
  ctx: Context,
  input: { slug: string; service: string; from: PlainDate; to: PlainDate; provider: string | null },
): Promise<OpenSlots> {
  const { from, to } = input;
  const offer = await readSlots(ctx, input);
  const { service, providers, property } = offer;
  return {
    timezone: property.timezone,
    durationMinutes: service.durationMinutes,
    slots: listSlots({ ...slotTermsOf(offer, service, false), from, to, providers }),
    phone: property.phone,
  };
}
