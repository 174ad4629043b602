import { InputError } from '../../../ground/errors.ts';
import { fabricPorts } from '../../../topology/ports.ts';
import { nodeNamed } from '../../../topology/targets.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import type { Role } from '../../live-system.ts';
import { isSwitch } from '../config/load-switches.ts';

/** The switch that a node is plugged into, by its wires. */
export const switchOf: Role = {
  of: 'NODE',
  candidates: (of, topology) => {
    const named = nodeNamed(of, topology);
    if ('message' in named) return named;
    const found = switchesAt(topology, of);
    return found.length > 0 ? found : { message: `no wire of '${of}' leads to a switch` };
  },
  resolve: async (lab, of) => {
    const found = switchesAt(lab.topology, of).map(({ name }) => name);
    const [first, ...more] = found;
    const nothing = `switch(${of}) resolves to nothing:`;
    if (first === undefined) throw new InputError(`${nothing} no wire of '${of}' leads to a switch`);
    if (more.length > 0)
      throw new InputError(`${nothing} '${of}' is wired to ${found.join(' and ')}; name one of them`);
    return lab.node(first);
  },
};

function switchesAt(topology: Topology, node: string): TopologyNode[] {
  const { ports } = fabricPorts(topology);
  const own = new Set(ports.filter((port) => port.node === node).map(({ bridge }) => bridge));
  const near = new Set(ports.filter(({ bridge }) => own.has(bridge)).map((port) => port.node));
  return topology.nodes.filter((one) => one.name !== node && near.has(one.name) && isSwitch(one));
}
