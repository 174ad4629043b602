import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { fabricPorts } from '../../../topology/ports.ts';
import { shippedImage } from '../../../topology/shipped-image.ts';
import type { Environment } from '../../../topology/substitute-variables.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import { topologyPlaces } from '../../../topology/topology-places.ts';
import { distinctProblems } from '../../distinct-problems.ts';
import { readSwitchSettings, type SettingProblem, type SwitchSettings } from './switch-settings.ts';

const IMAGE = /^hadrill\/switch(?:[:@]|$)/;

/** What is at the other end of a switch's wire. */
export interface Peer {
  node: string;
  interface: string;
}

/** A wire of a switch: the segment is where its frames are captured. */
export interface SwitchWire {
  interface: string;
  segment: string;
  peers: readonly Peer[];
}

/** A node with Open vSwitch, by the topology. */
export interface Switch {
  node: string;
  settings: SwitchSettings;
  /** All of them, those that are not plugged at the start as well. */
  wires: readonly SwitchWire[];
}

export function isSwitch(node: Pick<TopologyNode, 'image' | 'labels'>): boolean {
  return IMAGE.test(shippedImage(node));
}

/** The switches of a topology, each with what is wrong in its settings. */
export function switchesIn(topology: Topology): { found: Switch; problems: SettingProblem[] }[] {
  return topology.nodes.filter(isSwitch).map((node) => {
    const wires = wiresOf(topology, node.name);
    const names = wires.map((wire) => wire.interface);
    const { settings, problems } = readSwitchSettings(node.env, names);
    const bare = settings.datapath === 'bridge' && withoutAddress(topology, node, settings.trunk);
    return {
      found: { node: node.name, settings, wires },
      problems: bare ? [...problems, { variable: 'TRUNK', message: bare }] : problems,
    };
  });
}

/** Tunnels between switches begin at an address of the wire. @returns what is wrong, if it has none. */
function withoutAddress(topology: Topology, node: TopologyNode, trunk: string | null): string | undefined {
  if (trunk === null) return undefined;
  const { ports } = fabricPorts(topology);
  const wire = ports.find((port) => port.node === node.name && port.interface === trunk);
  const own = (node.env.ADDRESSES ?? '').split(/\s+/).some((pair) => pair.startsWith(`${trunk}=`));
  if (wire?.ipv4 !== undefined || own) return undefined;
  return `with DATAPATH=bridge the tunnels to other switches begin at the address of '${trunk}', and it has none: give its link an ipv4`;
}

/**
 * Reads the settings of every node of the image `hadrill/switch`.
 * @param env the variables that the topology was loaded with.
 * @throws InputError with every variable that is wrong, each with its place.
 */
export async function loadSwitches(topology: Topology, env: Environment): Promise<Switch[]> {
  const all = switchesIn(topology);
  if (all.some(({ problems }) => problems.length > 0)) {
    const where = await topologyPlaces(topology, env);
    const problems = all.flatMap(({ found: { node }, problems }) =>
      problems.map(({ variable, message }): InputProblem => {
        return {
          message: `'${variable}' of switch '${node}': ${message}`,
          position: where.env(node, variable),
        };
      }),
    );
    throw new InputError(distinctProblems(problems));
  }
  return all.map(({ found }) => found);
}

function wiresOf(topology: Topology, node: string): SwitchWire[] {
  const { ports } = fabricPorts(topology);
  return ports
    .filter((port) => port.node === node)
    .map(({ interface: name, bridge }) => ({
      interface: name,
      segment: bridge,
      peers: ports
        .filter((other) => other.bridge === bridge && other.node !== node)
        .map((other) => ({ node: other.node, interface: other.interface })),
    }));
}
