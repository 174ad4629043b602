import { canonicalAddress, familyOf, isLinkLocal } from '../../../topology/addresses.ts';
import type { Findings } from './keepalived-conf-parts.ts';
import type { Statement } from './keepalived-syntax.ts';
import type { Word } from './keepalived-text.ts';
import { withPrefix } from './vrrp-instance.ts';

interface WrittenAddress {
  word: Word;
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
    const address = this.#addressIn(peer, false);
    if (address === undefined) return;
    this.family ??= familyOf(peer.text);
    if (!this.peers.includes(address)) this.peers.push(address);
  }

  #addAddress(line: readonly Word[], excluded: boolean): void {
    const word = line[0]!;
    const address = this.#addressIn(word, excluded);
    if (address === undefined) return;
    if (!excluded) this.family ??= familyOf(address);
    const words = line.map(({ text }) => text);
    const device = words.includes('dev') ? words[words.indexOf('dev') + 1] : undefined;
    const twice = (one: WrittenAddress) => one.address === address;
    const twice_there = (one: WrittenAddress) => twice(one) && one.device === device;
    // An address may be an advertised and an excluded one on two interfaces.
    if (this.advertised.some(excluded ? twice_there : twice) || this.excluded.some(twice_there)) return;
    const written = withPrefix(`${address}${this.#prefixIn(word, familyOf(address))}`);
    (excluded ? this.excluded : this.advertised).push({ word, address, device, written });
    this.#addDevices(line, ['dev']);
  }

  /** The address in its one form; undefined where keepalived leaves it out. Excluded ones may be of either family. */
  #addressIn(word: Word, either: boolean): string | undefined {
    const { text } = word;
    const address = /[%[]/.test(text) ? undefined : canonicalAddress(text);
    if (address === undefined) {
      this.#findings.ignore(word, `'${text}' is not an address: keepalived leaves it out`);
    } else if (!either && this.family && this.family !== familyOf(address)) {
      this.#findings.ignore(word, `'${text}' ${this.#otherFamily()}`);
    } else {
      return address;
    }
    return undefined;
  }

  #otherFamily(): string {
    const [own, other] = this.family === 6 ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6'];
    return (
      `is ${other}, and the address before it makes this instance one of ${own}: keepalived leaves it out; ` +
      `give ${other} a vrrp_instance of its own (and both one vrrp_sync_group), or write it into virtual_ipaddress_excluded`
    );
  }

  /** `/24`; nothing where none is written. One that is too long is the longest. */
  #prefixIn(word: Word, family: 4 | 6): string {
    const length = word.text.split('/')[1];
    if (length === undefined) return '';
    const most = family === 6 ? 128 : 32;
    if (/^\d+$/.test(length) && Number(length) <= most) return `/${length}`;
    this.#findings.ignore(
      word,
      `'${word.text}' has no prefix length from 0 to ${most}: keepalived takes ${most}`,
    );
    return `/${most}`;
  }

  /** RFC 9568 §5.2.9: the first address of IPv6 is link-local. keepalived says so, and goes on. */
  checkFirst(): void {
    const [first] = this.advertised;
    if (!first || this.family !== 6 || isLinkLocal(first.address)) return;
    this.#findings.ignore(
      first.word,
      `'${first.word.text}' is the first address of an instance of IPv6, and that should be link-local (RFC 9568 section ` +
        `5.2.9): write one such as fe80::1/64 before it; keepalived goes on without`,
    );
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
