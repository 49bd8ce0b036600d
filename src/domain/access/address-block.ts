/** Bits that name a block: of an IPv4 address, and of an IPv6 address. */
interface BlockSize {
  readonly ipv4: number;
  readonly ipv6: number;
}

/** One subscriber: an IPv4 address, or the IPv6 block that a provider gives to one household. */
export const SUBSCRIBER: BlockSize = { ipv4: 32, ipv6: 56 };
/** The subscribers who can be one attacker, or one office. */
export const NETWORK: BlockSize = { ipv4: 24, ipv6: 56 };
/** The largest block that a provider gives to one customer. IPv4 has no such blocks. */
export const SITE: BlockSize = { ipv4: 32, ipv6: 48 };

/**
 * Names the block of an address, such as `203.0.113.0/24` or `2001:db8:0:100::/56`.
 *
 * An IPv4 address that IPv6 carries (`::ffff:203.0.113.9`) is the IPv4 address. Text that is no address names itself.
 */
export function addressBlock(address: string, size: BlockSize): string {
  const ipv4 = readIpv4(address);
  if (ipv4 !== null) return formatIpv4(ipv4, size.ipv4);
  const groups = readIpv6(address);
  if (groups === null) return address;
  return isMappedIpv4(groups) ? formatIpv4(lastGroups(groups), size.ipv4) : formatIpv6(groups, size.ipv6);
}

/** Tells whether an address is of IPv6 and carries no IPv4 address. */
export function isIpv6(address: string): boolean {
  const groups = readIpv4(address) === null ? readIpv6(address) : null;
  return groups !== null && !isMappedIpv4(groups);
}

function readIpv4(text: string): number[] | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

/** Reads the eight groups of an IPv6 address, with or without a zone (`%eth0`) and an IPv4 ending. */
function readIpv6(text: string): number[] | null {
  const [address = ''] = text.toLowerCase().split('%');
  const ending = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const bytes = ending === null ? [] : readIpv4(ending[2] ?? '');
  if (bytes === null) return null;
  const tail = bytes.length === 0 ? [] : [0, 2].map((at) => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0));
  const hex = ending === null ? address : (ending[1] ?? '').replace(/([^:]):$/, '$1');
  const halves = hex.split('::').map((half) => (half === '' || half === ':' ? [] : half.split(':')));
  if (halves.length > 2 || !halves.flat().every((group) => /^[0-9a-f]{1,4}$/.test(group))) return null;
  const [head = [], rest = []] = halves.map((half) => half.map((group) => Number.parseInt(group, 16)));
  const missing = 8 - head.length - rest.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  return [...head, ...Array.from({ length: missing }, () => 0), ...rest, ...tail];
}

function isMappedIpv4(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

function lastGroups(groups: readonly number[]): number[] {
  return groups.slice(6).flatMap((group) => [group >> 8, group & 255]);
}

function formatIpv4(bytes: readonly number[], bits: number): string {
  const kept = maskUnits(bytes, { bits, unit: 8 }).join('.');
  return bits === 32 ? kept : `${kept}/${String(bits)}`;
}

function formatIpv6(groups: readonly number[], bits: number): string {
  const kept = maskUnits(groups, { bits, unit: 16 }).slice(0, Math.ceil(bits / 16));
  return `${kept.map((group) => group.toString(16)).join(':')}::/${String(bits)}`;
}

/** Clears all bits after the first `bits`, of units of so many bits. */
function maskUnits(units: readonly number[], { bits, unit }: { bits: number; unit: number }): number[] {
  return units.map((value, index) => {
    const kept = Math.min(unit, Math.max(0, bits - index * unit));
    return value & ~((1 << (unit - kept)) - 1);
  });
}
