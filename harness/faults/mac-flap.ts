import { InputError } from '../ground/errors.ts';
import type { Lab } from '../lab/lab.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';
import { pace, StrangerFault } from './stranger.ts';
import { wireOf } from './wire-of.ts';

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/** Two machines with one MAC address, or a loop: the bridge learns it now here, now there. */
export const macFlap: FaultKind = {
  kind: 'mac-flap',
  summary:
    'a stranger sends under the MAC address of a node: the bridge looks for the node at the wrong port',
  targets: ['interface'],
  options: {
    mac: 'another MAC address, a virtual one for example (that of the interface)',
    every: 'how often the stranger sends, 10ms to 60s (100ms)',
  },
  checkOptions: (options) => {
    givenMac(options);
    pace('mac-flap', options, '100ms');
  },
  prepare: pose,
};

/** @throws InputError for what is no MAC address of one machine. */
function givenMac({ mac }: FaultOptions): string | undefined {
  const text = mac?.toLowerCase();
  if (text === undefined) return undefined;
  // The lowest bit of the first byte: of a group (IEEE 802).
  if (MAC.test(text) && Number.parseInt(text.slice(0, 2), 16) % 2 === 0) return text;
  throw new InputError(`the mac of mac-flap is that of one machine, such as 02:00:00:00:0a:01, not '${mac}'`);
}

function pose(lab: Lab, target: ResolvedTarget, options: FaultOptions): Fault {
  if (target.form !== 'interface') throw new InputError('mac-flap is aimed at a wire: NODE:INTERFACE');
  const node = lab.node(target.node);
  const { bridge, mac: own } = wireOf(node, target.interface);
  const poses_as = givenMac(options) ?? own?.toLowerCase();
  if (poses_as === undefined)
    throw new InputError(`the MAC address of ${describeResolved(target)} is not known`);
  const every_ms = pace('mac-flap', options, '100ms');
  const deed = { bridge, owns: null, announces: null, to_mac: null, poses_as, every_ms };
  const label = `mac-flap of ${describeResolved(target)} (${poses_as})`;
  return new StrangerFault(lab, { label, victims: [node], deed }, async ({ key }) => {
    const port = await lab.agent.call('stranger_port', { key });
    const state = port === null ? null : await lab.agent.call('wire_state', { port });
    if (state === null) return 'the stranger is not there';
    return state.learned.includes(poses_as)
      ? undefined
      : `the bridge has not learned ${poses_as} at the stranger`;
  });
}
