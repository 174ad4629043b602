import { InputError } from '../ground/errors.ts';
import type { Lab } from '../lab/lab.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';
import { believers, claimedAddress, pace, StrangerFault } from './stranger.ts';
import { wireOf } from './wire-of.ts';

/** A stranger lies to one node: an address is said to be where it is not, and what is sent to it vanishes. */
export const arpPoison: FaultKind = {
  kind: 'arp-poison',
  summary: 'a stranger tells one node, by ARP or neighbour discovery, that an address is at the stranger',
  targets: ['interface'],
  options: {
    address: 'which one, of IPv4 or IPv6, that the node sends to',
    every: 'how often the node is told, 10ms to 60s (500ms)',
  },
  checkOptions: (options) => {
    claimedAddress('arp-poison', options);
    pace('arp-poison', options, '500ms');
  },
  prepare: lie,
};

function lie(lab: Lab, target: ResolvedTarget, options: FaultOptions): Fault {
  if (target.form !== 'interface') throw new InputError('arp-poison is aimed at a wire: NODE:INTERFACE');
  const address = claimedAddress('arp-poison', options);
  const node = lab.node(target.node);
  const { bridge, mac: to_mac } = wireOf(node, target.interface);
  if (to_mac === undefined)
    throw new InputError(`the MAC address of ${describeResolved(target)} is not known`);
  const every_ms = pace('arp-poison', options, '500ms');
  const deed = { bridge, owns: null, announces: address, to_mac, poses_as: null, every_ms };
  const label = `arp-poison of ${describeResolved(target)} (${address})`;
  return new StrangerFault(lab, { label, victims: [node], deed }, async ({ mac }) => {
    const [believer] = await believers(lab, [node], address, mac);
    return believer ? undefined : `${node.name} does not take ${address} to be at the stranger`;
  });
}
