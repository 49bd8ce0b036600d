import type { Prisma, Tx } from '../../db/client.ts';
import type { Address, AppointmentSnapshot } from '../../domain/booking.ts';
import { spellAddressLine } from '../../domain/speech/address-line.ts';
import { seal } from '../secrets/sealing.ts';
import type { Keyring } from '../secrets/sealing.ts';
import type { RecordedEvent } from '../transition/record-event.ts';
import type { Party } from './move/plan-move.ts';

/** In the history instead of an address, which is kept encrypted and nowhere else. */
const HIDDEN = '…';

/** Writes for whom an appointment is, and where; answers what has changed of it. Expects the booking locked. */
export async function changeParty(
  tx: Tx,
  input: { bookingId: string; old: AppointmentSnapshot; party: Party; keys: Keyring },
): Promise<NonNullable<RecordedEvent['changes']>> {
  const { bookingId, old, party, keys } = input;
  const { adults, children, address, zone } = party;
  const isElsewhere = spell(address) !== spell(old.address);
  const data: Prisma.AppointmentUncheckedUpdateInput = {
    ...{ adults, children, zoneId: zone?.id ?? null },
    ...(isElsewhere && { addressSealed: address && seal(keys, JSON.stringify(address)) }),
  };
  await tx.appointment.update({ where: { bookingId }, data });
  return {
    ...(adults !== old.adults && { adults: [old.adults, adults] }),
    ...(children !== old.children && { children: [old.children, children] }),
    ...(zone?.code !== old.zone?.code && { zone: [old.zone?.code ?? null, zone?.code ?? null] }),
    ...(isElsewhere && { address: [old.address && HIDDEN, address && HIDDEN] }),
  };
}

function spell(address: Address | null): string | null {
  return address && spellAddressLine(address);
}
