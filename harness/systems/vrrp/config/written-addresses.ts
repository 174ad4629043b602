import { keywordOf } from './keepalived-conf-parts.ts';
import type { KeepalivedSource } from './keepalived-lines.ts';
import { parseKeepalivedSyntax, type Statement } from './keepalived-syntax.ts';
import type { Word } from './keepalived-text.ts';

/** A virtual address as its line has it. */
export interface WrittenVip {
  address: string;
  /** Absent where none is written: keepalived takes the whole address then. */
  prefix_length?: number;
  /** `dev`, or the instance's interface. */
  interface: string;
}

/** Where a vrrp_instance is on the network, as it is written: IPv4 alone. */
export interface WrittenPlace {
  instance: string;
  virtual_router_id: number;
  interface: string;
  /** Of its adverts: `unicast_src_ip`, `mcast_src_ip`. */
  source_address?: string;
  unicast_peers: string[];
  /** The first one is in the adverts. */
  vips: WrittenVip[];
  /** Next hops of its routes, and the interface that they are on. */
  gateways: { address: string; interface: string }[];
}

/** The places of all instances that have an interface and an IPv4 address, in their order. What else is wrong is not looked at. */
export function writtenPlaces(source: KeepalivedSource): WrittenPlace[] {
  return parseKeepalivedSyntax(source)
    .statements.filter((one) => keywordOf(one) === 'vrrp_instance')
    .flatMap(placeOf);
}

function placeOf({ words, block }: Statement): WrittenPlace[] {
  const wordOf = (keyword: string) => block.findLast((one) => keywordOf(one) === keyword)?.words[1]?.text;
  const listOf = (keyword: string) =>
    block.filter((one) => keywordOf(one) === keyword).flatMap(({ list }) => list);
  const [instance, own, vrid] = [words[1]?.text, wordOf('interface'), Number(wordOf('virtual_router_id'))];
  if (instance === undefined || own === undefined || !(vrid > 0)) return [];
  const vips = [...listOf('virtual_ipaddress'), ...listOf('virtual_ipaddress_excluded')].flatMap((line) =>
    vipOf(line, own),
  );
  const source = wordOf('unicast_src_ip') ?? wordOf('mcast_src_ip');
  return vips.length === 0
    ? []
    : [
        {
          instance,
          virtual_router_id: vrid,
          interface: own,
          ...(source === undefined ? {} : { source_address: source }),
          unicast_peers: listOf('unicast_peer').flatMap(([peer]) => peer?.text ?? []),
          vips,
          gateways: listOf('virtual_routes').flatMap((line) => gatewayOf(line, own)),
        },
      ];
}

function gatewayOf(line: readonly Word[], own: string): WrittenPlace['gateways'] {
  const words = line.map(({ text }) => text);
  const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
  const address = after('via') ?? after('gw');
  return address === undefined ? [] : [{ address, interface: after('dev') ?? own }];
}

function vipOf(line: readonly Word[], own: string): WrittenVip[] {
  const words = line.map(({ text }) => text);
  const [address = '', length] = words[0]!.split('/');
  if (!/^\d+(\.\d+){3}$/.test(address)) return [];
  const device = words.includes('dev') ? words[words.indexOf('dev') + 1] : undefined;
  return [
    {
      address,
      ...(length === undefined ? {} : { prefix_length: Number(length) }),
      interface: device ?? own,
    },
  ];
}
