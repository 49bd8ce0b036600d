import { z } from 'zod';
import type { Prisma } from '../../../db/client.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';

const providerFields = z.object({ name: z.string(), isActive: z.boolean() });
/** The members of a provider that staff set. */
export type ProviderFields = Readonly<z.output<typeof providerFields>>;

export const providerDetails = providerFields.extend({
  code: z.string(),
  /** The codes of the provider's services, in display order. */
  services: z.array(z.string()).readonly(),
});
export type ProviderDetails = Readonly<z.output<typeof providerDetails>>;

export const storedProvider = storedResponse('provider', providerDetails.readonly());

/** The relations that the details of a provider need. */
export const PROVIDER_PARTS = {
  services: {
    select: { service: { select: { id: true, code: true } } },
    orderBy: [{ service: { position: 'asc' } }, { service: { code: 'asc' } }],
  },
} as const satisfies Prisma.ProviderInclude;

/** Converts a provider's row to details. */
export function toProviderDetails(
  provider: Prisma.ProviderGetPayload<{ include: typeof PROVIDER_PARTS }>,
): ProviderDetails {
  const { code, name, isActive } = provider;
  return { code, name, isActive, services: provider.services.map(({ service }) => service.code) };
}
