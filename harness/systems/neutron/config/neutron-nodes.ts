import { shippedImage } from '../../../topology/shipped-image.ts';
import type { TopologyNode } from '../../../topology/topology.ts';

const CONTROL = /^hadrill\/neutron-control(?:[:@]|$)/;
const NODE = /^hadrill\/neutron-node(?:[:@]|$)/;

/** The agents of Neutron, by the name of their program, each with the name that the API has for it. */
export const AGENTS = {
  'neutron-openvswitch-agent': 'Open vSwitch agent',
  'neutron-l3-agent': 'L3 agent',
  'neutron-dhcp-agent': 'DHCP agent',
  'neutron-metadata-agent': 'Metadata agent',
} as const;
export type AgentProgram = keyof typeof AGENTS;

/** The interface of a network node by which its replicas of routers hear those of others: Open vSwitch is in between. */
export const HA_WIRE = 'data';

/** The node that runs Neutron's server. */
export function isControl(node: Pick<TopologyNode, 'image' | 'labels'>): boolean {
  return CONTROL.test(shippedImage(node));
}

/** A node that runs agents of Neutron: a network node or a compute node. */
export function isAgentNode(node: Pick<TopologyNode, 'image' | 'labels'>): boolean {
  return NODE.test(shippedImage(node));
}

/** The agents that a node runs: all that its environment does not turn off (`NEUTRON_L3_AGENT=off`). */
export function agentsOn(node: Pick<TopologyNode, 'image' | 'labels' | 'env'>): AgentProgram[] {
  if (!isAgentNode(node)) return [];
  const programs = Object.keys(AGENTS) as AgentProgram[];
  return programs.filter((program) => node.env[program.toUpperCase().replaceAll('-', '_')] !== 'off');
}

/** A node that can have replicas of routers. */
export function isNetworkNode(node: Pick<TopologyNode, 'image' | 'labels' | 'env'>): boolean {
  return agentsOn(node).includes('neutron-l3-agent');
}
