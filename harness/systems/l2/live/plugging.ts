import { EnvironmentError, InputError } from '../../../ground/errors.ts';
import type { ChangeTime } from '../../../lab/agent-shapes.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import type { ResolvedTarget } from '../../resolved-target.ts';
import { LOOK_SCRIPT, parseLook } from '../findings/look-output.ts';
import { LabSwitches } from './switches.ts';

/** What a compute service does with a port (images/switch/bin/l2-port). */
const PROGRAM = 'l2-port';
/** For as long it is waited until a port is wired. */
const WAIT_S = 60;
const WAIT_MARGIN_S = 5;

/** A machine's port on a switch of the lab. */
export interface SwitchPort {
  node: LabNode;
  interface: string;
  /** Of PORTS; undefined where it is not named there. */
  vlan: number | undefined;
}

/**
 * The port that a target names, from the switch's side (`sw1:vm1`) or from the machine's (`vm1:eth1`).
 * @throws InputError where that is no wire of a switch.
 */
export function switchPort(lab: Lab, target: ResolvedTarget, kind: string): SwitchPort {
  if (target.form !== 'interface') throw new InputError(`${kind} is aimed at a wire: NODE:INTERFACE`);
  const all = LabSwitches.of(lab)?.all ?? [];
  for (const { node, wires, settings } of all)
    for (const wire of wires) {
      const isIt = (one: { node: string; interface: string }) =>
        one.node === target.node && one.interface === target.interface;
      if (!isIt({ node, interface: wire.interface }) && !wire.peers.some(isIt)) continue;
      const vlan = settings.ports.find((port) => port.interface === wire.interface)?.vlan;
      return { node: lab.node(node), interface: wire.interface, vlan };
    }
  throw new InputError(`${kind}: ${target.node}:${target.interface} is not a wire of a switch`, {
    remedy: 'name a port as SWITCH:INTERFACE or as MACHINE:INTERFACE',
  });
}

export function plugCommand({ interface: name }: SwitchPort, vlan: number): string[] {
  return [PROGRAM, 'plug', name, String(vlan)];
}

export function unplugCommand({ interface: name }: SwitchPort): string[] {
  return [PROGRAM, 'unplug', name];
}

/** @throws EnvironmentError with the words of the switch when it refuses. */
export async function runOnSwitch(
  lab: Lab,
  { node }: SwitchPort,
  argv: readonly string[],
): Promise<ChangeTime> {
  const done = await runInNode(lab, node, argv);
  if (done.status === 0) return done;
  const said = done.stderr.trim() || `it ended with ${done.status}`;
  throw new EnvironmentError(`'${argv.join(' ')}' on '${node.name}': ${said}`);
}

/** What the database has of it. @throws EnvironmentError when that does not answer. */
export async function portInDatabase(
  lab: Lab,
  { node, interface: name }: SwitchPort,
): Promise<{ vlan: number | null } | undefined> {
  const { stdout } = await runInNode(lab, node, ['sh', '-c', LOOK_SCRIPT]);
  const { database } = parseLook(stdout);
  if (!database) throw new EnvironmentError(`the database of switch '${node.name}' does not answer`);
  return database.ports.find((port) => port.name === name);
}

/** Plugs it in, and notes when it is wired: a program in the switch waits for that. */
export async function plugIn(lab: Lab, port: SwitchPort, vlan: number): Promise<ChangeTime> {
  const done = await runOnSwitch(lab, port, plugCommand(port, vlan));
  const { node, interface: name } = port;
  const wired = whenWired(lab, port).catch((error: unknown) => {
    if (error instanceof EnvironmentError) return null;
    throw error;
  });
  // `end` of the watch asks for it, if anything does.
  wired.catch(() => undefined);
  LabSwitches.of(lab)?.plugs.push({ node: node.name, interface: name, plugged_ns: done.after_ns, wired });
  return done;
}

/** When its agent had wired the port. */
async function whenWired(lab: Lab, { node, interface: name }: SwitchPort): Promise<number | null> {
  const argv = [PROGRAM, 'await', name, String(WAIT_S)];
  const { status, after_ns } = await runInNode(lab, node, argv, WAIT_S + WAIT_MARGIN_S);
  return status === 0 ? after_ns : null;
}
