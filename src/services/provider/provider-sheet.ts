import type { Prisma } from '../../db/client.ts';

/** What a provider is made of. Plain JSON, so that an answer can be kept. */
export interface ProviderFields {
  readonly name: string;
  readonly isActive: boolean;
}

export interface ProviderSheet extends ProviderFields {
  readonly code: string;
  /** The codes of what they do, in the order they are shown. */
  readonly services: readonly string[];
}

/** What is read with a provider to show it. */
export const PROVIDER_PARTS = {
  services: {
    select: { service: { select: { id: true, code: true } } },
    orderBy: [{ service: { position: 'asc' } }, { service: { code: 'asc' } }],
  },
} as const satisfies Prisma.ProviderInclude;

/** The provider as it is shown. */
export function toProviderSheet(
  provider: Prisma.ProviderGetPayload<{ include: typeof PROVIDER_PARTS }>,
): ProviderSheet {
  const { code, name, isActive } = provider;
  return { code, name, isActive, services: provider.services.map(({ service }) => service.code) };
}
