import type { Context } from '../../../context.ts';
import { computeSlotTerms } from '../../../domain/availability/appointment.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { listSlots } from '../../../domain/availability/slots.ts';
import type { Slot } from '../../../domain/availability/slots.ts';
import { AppError } from '../../../errors.ts';
import { assertGuestsFit } from '../../../domain/availability/choose-zone.ts';
import { readSlots } from './read-slots.ts';
import type { FoundService } from './read-slots.ts';

interface SlotSearch {
  readonly slug: string;
  readonly service: string;
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly provider: string | null;
  readonly adults?: number | undefined;
  readonly children?: number | undefined;
  readonly zone?: string | undefined;
}

export interface OpenSlots {
  readonly timezone: string;
  readonly durationMinutes: number;
  readonly slots: readonly Slot[];
  /** The property's telephone number, for a guest without a suitable slot. */
  readonly phone: string | null;
}

/**
 * Lists every bookable start of a service from `from` to `to`, both included, with the free providers.
 *
 * Throws: not_found, occupancy_exceeded, outside_zone.
 */
export async function listOpenSlots(ctx: Context, input: SlotSearch): Promise<OpenSlots> {
  const { from, to } = input;
  const offer = await readSlots(ctx, input);
  const { service, providers, property } = offer;
  assertFits(offer, input);
  return {
    timezone: property.timezone,
    durationMinutes: service.durationMinutes,
    slots: listSlots({ ...computeSlotTerms(offer, service, false), from, to, providers }),
    phone: property.phone,
  };
}

function assertFits({ service, zones }: FoundService, { adults = 1, children = 0, zone }: SlotSearch): void {
  assertGuestsFit(service, { adults, children });
  if (service.isAtGuests && zone !== undefined && !zones.some(({ code }) => code === zone)) {
    throw new AppError('outside_zone', { extra: { zones: zones.map(({ code, name }) => ({ code, name })) } });
  }
}
