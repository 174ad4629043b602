import { cannotPropose } from '../../proposal/cannot-propose.ts';
import { freeAddresses } from '../../proposal/free-addresses.ts';
import type { Member, Segment } from './segments.ts';

/** What is taken for the length of a network where none is written. */
const USUAL_LENGTH = 24;

/** A network with addresses to give. */
export interface Network {
  segment: Segment;
  /** Virtual addresses on it, the first written first. */
  vips: string[];
  prefix_length: number;
  /** Node to its own address on it. */
  own: Map<string, string>;
  /** An address that nobody has, the highest first. */
  free(): string;
}

/**
 * Gives every router an address on every network: the one that it sends adverts from, the one that the other one sends
 * them to, the one that the user says, else a free one of the network.
 * @param said `r1:eth0` to `192.0.2.2/24`.
 * @param note for people, where something had to be assumed.
 */
export function addressNetworks(
  members: readonly Member[],
  segments: readonly Segment[],
  said: ReadonlyMap<string, string>,
  note: (line: string) => void,
): Network[] {
  return segments.map((segment) => networkOf(members, segment, said, note));
}

function networkOf(
  members: readonly Member[],
  segment: Segment,
  said: ReadonlyMap<string, string>,
  note: (line: string) => void,
): Network {
  const here = members.flatMap(({ node, places }) =>
    places
      .filter((place) => place.interface === segment.interfaces.get(node))
      .map((place) => ({ node, place })),
  );
  const vips = members.flatMap(({ node, places }) =>
    places.flatMap((place) => place.vips.filter((vip) => vip.interface === segment.interfaces.get(node))),
  );
  const given = [...segment.interfaces].flatMap(([node, name]) => {
    const address = said.get(`${node}:${name}`);
    return address === undefined ? [] : [{ node, address }];
  });
  const of_vips = vips
    .map(({ prefix_length }) => prefix_length)
    .filter((one) => one !== undefined && one < 32)[0];
  const of_given = given.map(({ address }) => Number(address.split('/')[1])).find((one) => one > 0);
  const prefix_length = of_given ?? of_vips ?? USUAL_LENGTH;
  const own = new Map(given.map(({ node, address }) => [node, address.split('/')[0]!]));
  for (const { node, place } of here) {
    if (place.source_address !== undefined && !own.has(node)) own.set(node, place.source_address);
    const [peer, ...others] = place.unicast_peers;
    const other = members.find((one) => one.node !== node)?.node;
    if (peer !== undefined && others.length === 0 && other !== undefined && !own.has(other))
      own.set(other, peer);
  }
  const example = vips[0]?.address ?? [...own.values()][0];
  if (example === undefined)
    throw cannotPropose(
      `network '${segment.name}' has no virtual address and no address of a router: say one with --address NODE:${segment.name}=192.0.2.2/24`,
    );
  if (of_given === undefined && of_vips === undefined && vips.length > 0)
    note(
      `network '${segment.name}': no prefix length is written, /${USUAL_LENGTH} is assumed (--address says another)`,
    );
  const free = freeAddresses(
    `${example}/${prefix_length}`,
    new Set([...vips.map(({ address }) => address), ...own.values()]),
  );
  for (const node of segment.interfaces.keys()) if (!own.has(node)) own.set(node, free());
  return { segment, vips: [...new Set(vips.map(({ address }) => address))], prefix_length, own, free };
}
