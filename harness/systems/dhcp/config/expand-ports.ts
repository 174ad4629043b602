import { parseMac } from '../../../topology/addresses.ts';
import type { Port } from './networks.ts';
import type { NetworkEntry } from './networks-schema.ts';
import { addressNumber, addressText } from './subnet.ts';

/** How the ports of a range are called. */
export const expandedName = /^range-\d+$/;

/** 0 to 2⁴⁸ − 1, of a valid MAC address. */
export function macNumber(mac: string): number {
  return Number.parseInt(mac.replaceAll(/[:-]/g, ''), 16);
}

/** Lower case, with colons. */
export function macText(number: number): string {
  return number.toString(16).padStart(12, '0').match(/../g)!.join(':');
}

/** The ports of a network that was checked: named ones first, then the range. */
export function portsOf({ ports = {}, port_range }: NetworkEntry): Port[] {
  const named = Object.entries(ports).map(([name, { mac, address }]) => ({
    name,
    mac: macText(macNumber(mac)),
    address: addressText(addressNumber(address)),
    in_range: false,
  }));
  if (!port_range) return named;
  const [address, mac] = [addressNumber(port_range.first_address), macNumber(port_range.first_mac)];
  const range = Array.from({ length: port_range.count }, (_, index) => ({
    name: `range-${index}`,
    mac: macText(mac + index),
    address: addressText(address + index),
    in_range: true,
  }));
  return [...named, ...range];
}

/** What is wrong with the MAC address of a port, or with `count` of them in a row; undefined when nothing is. */
export function macProblem(mac: string, count = 1): string | undefined {
  const parsed = parseMac(mac);
  if ('problem' in parsed) return parsed.problem;
  const last = macText(Math.min(macNumber(mac) + count - 1, 2 ** 48 - 1));
  return last.slice(0, 2) === parsed.mac.slice(0, 2)
    ? undefined
    : `${count} MAC addresses from '${mac}' on do not all begin with ${parsed.mac.slice(0, 2)}: begin lower`;
}
