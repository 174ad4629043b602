import { Address4 } from 'ip-address';
import { canonicalAddress } from '../../../topology/addresses.ts';
import { hasAddress, type Member } from '../../../topology/member.ts';
import type { NodeFile } from '../../../topology/node-file.ts';
import { shippedImage } from '../../../topology/shipped-image.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import { BoundFiles } from '../../bound-files.ts';
import type { Announcer, Check, EcmpRouter, Silence } from '../findings/ecmp-facts.ts';
import { type BirdBgp, type BirdConf, bfdTimersOn, parseBirdConf } from './bird-conf.ts';

/** Where BIRD looks for its configuration. */
export const BIRD_CONF = '/etc/bird/bird.conf';
/** Of the image whose service `announce` is followed. */
const BALANCER = /^hadrill\/balancer\b/;
/** BGP (RFC 4271 §10): keepalives in a hold time. */
const KEEPALIVES = 3;
const UNASKED = 'does not ask its HAProxy by itself: the image hadrill/balancer does with ANNOUNCE=on';

/** What a topology gives of routers that spread an address, and of those that announce it. */
export interface EcmpFiles {
  routers: readonly EcmpRouter[];
  /** The bird.conf of every node that binds one. */
  files: readonly { node: string; bound: ReadonlyMap<string, NodeFile> }[];
  /** Addresses on lo of those that announce: what they may announce. */
  own_addresses: ReadonlySet<string>;
}

/** A node with BIRD. */
interface Speaker {
  node: TopologyNode;
  member: Member;
  conf: BirdConf;
}

/** Whether a node binds a bird.conf. */
export function hasBird({ binds }: TopologyNode): boolean {
  return binds.some(({ target }) => target === BIRD_CONF || target === `${BIRD_CONF}.template`);
}

/**
 * Reads the bird.conf of every node that binds one: who announces to which router, and how it is missed.
 * @throws InputError with what can be read in no way, each with file, line and column; in a template those of the template.
 */
export async function loadEcmp(topology: Topology): Promise<EcmpFiles> {
  const bound = new BoundFiles(topology);
  const speakers: Speaker[] = [];
  const files: { node: string; bound: ReadonlyMap<string, NodeFile> }[] = [];
  for (const node of topology.nodes.filter(hasBird)) {
    const file = await bound.read(node, BIRD_CONF);
    if (!file) continue;
    files.push({ node: node.name, bound: new Map([[BIRD_CONF, file]]) });
    const conf = bound.parse(file, parseBirdConf);
    if (conf) speakers.push({ node, member: bound.member(node.name), conf });
  }
  bound.notes();
  const routers = speakers.filter(({ conf }) => conf.to_kernel).map((one) => routerOf(one, speakers));
  const announcing = new Set(routers.flatMap(({ announcers }) => announcers.map(({ node }) => node)));
  return {
    routers: routers.filter(({ announcers }) => announcers.length > 0),
    files,
    own_addresses: new Set(speakers.filter(({ node }) => announcing.has(node.name)).flatMap(onLoopback)),
  };
}

function onLoopback({ member }: Speaker): string[] {
  return member.addresses.flatMap(({ interface: name, address }) =>
    name === 'lo' ? [canonicalAddress(address) ?? address] : [],
  );
}

function routerOf(router: Speaker, speakers: readonly Speaker[]): EcmpRouter {
  const announcers = router.conf.bgp.flatMap((session): Announcer[] => {
    const { neighbor } = session;
    // Routes of IPv6 are not looked at.
    if (neighbor === undefined || !Address4.isValid(neighbor)) return [];
    const peer = speakers.find((one) => one !== router && hasAddress(one.member, neighbor));
    const own = peer?.conf.bgp.find(
      (one) => one.neighbor !== undefined && hasAddress(router.member, one.neighbor),
    );
    if (!peer || !own?.exports || peer.conf.to_kernel || onLoopback(peer).length === 0) return [];
    return [
      {
        node: peer.node.name,
        address: neighbor,
        interface: interfaceOf(peer.member, neighbor),
        silence: silenceOf({ ...router, session }, { ...peer, session: own }),
        check: checkOf(peer.node),
      },
    ];
  });
  return { node: router.node.name, announcers };
}

function interfaceOf({ addresses }: Member, address: string): string {
  return (
    addresses.find((one) => canonicalAddress(one.address) === canonicalAddress(address))?.interface ?? ''
  );
}

type End = Speaker & { session: BirdBgp };

/** How the router misses a peer that is silent. BFD is between two that both ask for it. */
function silenceOf(router: End, peer: End): Silence | string {
  const [unfollowed] = [...router.conf.unfollowed, ...peer.conf.unfollowed];
  if (unfollowed !== undefined) return `${unfollowed} in bird.conf is not followed`;
  const hold_ms = Math.min(router.session.hold_ms, peer.session.hold_ms);
  const bfd = router.session.bfd && peer.session.bfd;
  const here = bfdTimersOn(router.conf, interfaceOf(router.member, peer.session.neighbor!));
  const there = bfdTimersOn(peer.conf, interfaceOf(peer.member, router.session.neighbor!));
  return {
    bfd: bfd
      ? { interval_ms: Math.max(here.min_rx_ms, there.min_tx_ms), multiplier: there.multiplier }
      : null,
    hold_ms,
    keepalive_ms: peer.session.keepalive_ms ?? hold_ms / KEEPALIVES,
  };
}

/** Whole seconds of a node's environment, as the service `announce` of images/balancer reads it. */
function checkOf(node: TopologyNode): Check | string {
  const { env } = node;
  if (!BALANCER.test(shippedImage(node)) || env.ANNOUNCE !== 'on') return UNASKED;
  const numbers = [env.CHECK_INTERVAL ?? '1', env.CHECK_TIMEOUT ?? '1', env.CHECK_FALL ?? '2'].map(Number);
  if (!numbers.every((one) => Number.isFinite(one) && one > 0))
    return 'has a check whose numbers are not followed';
  const [interval, timeout, fall] = numbers as [number, number, number];
  return { interval_ms: interval * 1000, timeout_ms: timeout * 1000, fall };
}
