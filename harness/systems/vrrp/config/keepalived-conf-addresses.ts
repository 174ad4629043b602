import { canonicalAddress } from '../../../topology/addresses.ts';
import type { Findings } from './keepalived-conf-parts.ts';
import type { Statement } from './keepalived-syntax.ts';
import type { Word } from './keepalived-text.ts';
import { withPrefix } from './vrrp-instance.ts';

interface WrittenAddress {
  address: string;
  device: string | undefined;
  written: string;
}

/**
 * The addresses that a vrrp_instance names: virtual ones, peers, and the interfaces of them. The first one decides the
 * instance's family (unless `native_ipv6` did), and keepalived leaves out those of the other one.
 */
export class InstanceAddresses {
  readonly advertised: WrittenAddress[] = [];
  readonly excluded: WrittenAddress[] = [];
  readonly peers: string[] = [];
  readonly devices: string[] = [];
  family: 4 | 6 | undefined;
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Reads a statement with a list, or one that names an address. */
  read(keyword: string, { words, list }: Statement): void {
    if (keyword === 'unicast_peer') for (const [peer] of list) this.#addPeer(peer!);
    if (keyword === 'virtual_ipaddress' || keyword === 'virtual_ipaddress_excluded') {
      for (const line of list) this.#addAddress(line, keyword === 'virtual_ipaddress_excluded');
    }
    if (keyword === 'virtual_routes' || keyword === 'virtual_rules') {
      for (const line of list) this.#addDevices(line, ['dev', 'oif', 'iif']);
    }
    const source = words[1]?.text;
    if ((keyword === 'mcast_src_ip' || keyword === 'unicast_src_ip') && source && canonicalAddress(source)) {
      this.family ??= familyOf(source);
    }
  }

  #addPeer(peer: Word): void {
    const address = canonicalAddress(peer.text);
    if (address === undefined || (this.family && this.family !== familyOf(peer.text))) {
      this.#findings.ignore(
        peer,
        `'${peer.text}' is not an address of this instance's family: keepalived leaves it out`,
      );
      return;
    }
    this.family ??= familyOf(peer.text);
    if (!this.peers.includes(address)) this.peers.push(address);
  }

  #addAddress(line: readonly Word[], excluded: boolean): void {
    const [word] = line;
    const address = canonicalAddress(word!.text);
    const family = familyOf(word!.text);
    if (address === undefined || (!excluded && this.family && this.family !== family)) {
      this.#findings.ignore(
        word!,
        `'${word!.text}' is not an address of this instance's family: keepalived leaves it out`,
      );
      return;
    }
    if (!excluded) this.family ??= family;
    const words = line.map(({ text }) => text);
    const device = words.includes('dev') ? words[words.indexOf('dev') + 1] : undefined;
    const twice = (one: WrittenAddress) => one.address === address;
    const twice_there = (one: WrittenAddress) => twice(one) && one.device === device;
    // An address may be an advertised and an excluded one on two interfaces.
    if (this.advertised.some(excluded ? twice_there : twice) || this.excluded.some(twice_there)) return;
    const length = word!.text.split('/')[1];
    const written = withPrefix(length === undefined ? address : `${address}/${length}`);
    (excluded ? this.excluded : this.advertised).push({ address, device, written });
    this.#addDevices(line, ['dev']);
  }

  #addDevices(line: readonly Word[], keywords: readonly string[]): void {
    const words = line.map(({ text }) => text);
    if (words.includes('no_track')) return;
    for (const keyword of keywords) {
      const device = words[words.indexOf(keyword) + 1];
      if (words.includes(keyword) && device !== undefined) this.devices.push(device);
    }
  }
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}
