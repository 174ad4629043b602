import { InputError } from '../ground/errors.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { nodesOf, type ResolvedTarget } from '../systems/resolved-target.ts';
import { believers, claimedAddress, pace, StrangerFault } from './stranger.ts';

/** Somebody gave a machine an address that the network has already. */
export const duplicateAddress: FaultKind = {
  kind: 'duplicate-address',
  summary: 'a stranger on a network has an address that is in use there: it answers for it and announces it',
  targets: ['network'],
  options: {
    address: 'which one, of IPv4 or IPv6',
    every: 'how often the stranger announces it, 10ms to 60s (1s)',
  },
  checkOptions: (options) => {
    claimedAddress('duplicate-address', options);
    pace('duplicate-address', options, '1s');
  },
  prepare: secondOwner,
};

function secondOwner(lab: Lab, target: ResolvedTarget, options: FaultOptions): Fault {
  if (target.form !== 'network')
    throw new InputError('duplicate-address is aimed at a network: network:BRIDGE');
  const { network } = target;
  const address = claimedAddress('duplicate-address', options);
  const nodes = nodesOf(lab, target);
  const deed = {
    bridge: network,
    owns: `${address}/${prefixLength(nodes, network, address)}`,
    announces: address,
    to_mac: null,
    poses_as: null,
    every_ms: pace('duplicate-address', options, '1s'),
  };
  const label = `duplicate-address of network:${network} (${address})`;
  return new StrangerFault(lab, { label, victims: [], deed }, async ({ mac }) => {
    const found = await believers(lab, nodes, address, mac);
    return found.length > 0 ? undefined : `no node of the network takes ${address} to be at the stranger`;
  });
}

/** As the nodes have it on this network; that of a single address where they have none of its family. */
function prefixLength(nodes: readonly LabNode[], network: string, address: string): string {
  const ports = nodes.flatMap(({ ports: all }) => all.filter(({ bridge }) => bridge === network));
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const [, length] = ports.find((port) => port[family] !== undefined)?.[family]?.split('/') ?? [];
  return length ?? (family === 'ipv6' ? '128' : '32');
}
