import { isIPv4, isIPv6 } from 'node:net';

/** An IPv4 `dhcp-range` of dnsmasq. */
export interface DnsmasqRange {
  /** The lowest and the highest address: dnsmasq swaps them where they are the other way round. */
  start: string;
  /** The same as `start` unless it is a pool. */
  end: string;
  /** `static`: only hosts that are listed get an address. `proxy`: no addresses at all. */
  mode: 'pool' | 'static' | 'proxy';
  /** As dnsmasq will use it: one hour when not given, never under 120 s. Infinity: without an end. */
  lease_s: number;
  /** The tag it sets (`set:`), or undefined. */
  sets: string | undefined;
}

const DEFAULT_LEASE_S = 3600;
const SHORTEST_LEASE_S = 120;
/** A lease of 2³² − 1 seconds is one without an end (RFC 2131 §3.3). */
const ENDLESS_S = 2 ** 32 - 1;
const UNIT_S: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds from dnsmasq's `90`, `90s`, `45m`, `1h`, `2d`, `1w`; undefined when it is none of these. */
export function durationSeconds(text: string): number | undefined {
  const match = /^(\d{1,10})([smhdw]?)$/i.exec(text);
  const value = match ? Number(match[1]) * UNIT_S[match[2]!.toLowerCase() || 's']! : Number.NaN;
  return value <= ENDLESS_S ? value : undefined;
}

/**
 * `[tag:…,][set:…,]start[,end|mode[,netmask[,broadcast]]][,lease]` (dnsmasq(8)); undefined for an IPv6 range,
 * and for one that dnsmasq would refuse, which is reported.
 */
export function rangeOf(value: string, report: (message: string) => void): DnsmasqRange | undefined {
  const words = value.split(',').map((word) => word.trim());
  const first = words.findIndex((word) => isIPv4(word) || isIPv6(word));
  const [start, end, ...rest] = first < 0 ? [] : words.slice(first);
  if (start !== undefined && isIPv6(start)) return undefined;
  const mode = end === 'static' || end === 'proxy' ? end : 'pool';
  if (start === undefined || end === undefined || (mode === 'pool' && !isIPv4(end))) {
    report(
      `dhcp-range needs a start address and an end address, 'static' or 'proxy', not '${value.slice(0, 80)}'`,
    );
    return undefined;
  }
  const masks =
    rest[0] !== undefined && isIPv4(rest[0]) ? (rest[1] !== undefined && isIPv4(rest[1]) ? 2 : 1) : 0;
  if (masks > 0 && mode === 'pool' && !isSameNet(start, end, rest[0]!)) {
    report(`the two ends of the dhcp-range '${value.slice(0, 80)}' are not in one network of ${rest[0]}`);
    return undefined;
  }
  const [lease, ...more] = rest.slice(masks);
  const lease_s = leaseSeconds(lease);
  if (lease_s === undefined || more.length > 0) {
    report(
      `the lease of a dhcp-range is a time like 120, 45m or 1h, or 'infinite', not '${rest.slice(masks).join(',')}'`,
    );
    return undefined;
  }
  const named = words
    .slice(0, first)
    .filter((word) => !/^(tag|net):/.test(word))
    .at(-1);
  const [low, high] = mode === 'pool' && numberOf(start) > numberOf(end) ? [end, start] : [start, end];
  return {
    ...{ start: low, end: mode === 'pool' ? high : start, mode, lease_s },
    sets: named?.replace(/^set:/, ''),
  };
}

function leaseSeconds(lease: string | undefined): number | undefined {
  if (lease === undefined || lease === '') return DEFAULT_LEASE_S;
  if (lease === 'infinite') return Number.POSITIVE_INFINITY;
  const given = durationSeconds(lease);
  if (given === undefined) return undefined;
  return given === ENDLESS_S ? Number.POSITIVE_INFINITY : Math.max(SHORTEST_LEASE_S, given);
}

/** 0 to 2³² − 1, of a valid IPv4 address. */
function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function isSameNet(one: string, other: string, netmask: string): boolean {
  const mask = BigInt(numberOf(netmask));
  return (BigInt(numberOf(one)) & mask) === (BigInt(numberOf(other)) & mask);
}
