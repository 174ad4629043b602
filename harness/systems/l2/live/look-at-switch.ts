import { EnvironmentError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { isNamed, processesOf } from '../../../lab/process-names.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { STOPPED } from '../../../lab/signals.ts';
import { DAEMONS } from '../findings/daemon-loss.ts';
import type { SwitchLook } from '../findings/l2-facts.ts';
import { LOOK_SCRIPT, LOOK_TIMEOUT_S, parseLook } from '../findings/look-output.ts';

/**
 * What a switch has now: one program in the node, and one look of the agent at its processes. What does not answer is left
 * out; of a node that is down nothing is known.
 */
export async function lookAtSwitch(lab: Lab, node: LabNode, when: SwitchLook['when']): Promise<SwitchLook> {
  const nothing = { when, node: node.name, daemons: {}, database: null, flows: [] };
  if (node.pid === 0) return nothing;
  const processes = await processesOf(lab, node);
  const daemons = Object.values(DAEMONS).map((name): [string, { pid: number; stopped: boolean }[]] => [
    name,
    processes
      .filter((one) => isNamed(one, name))
      .map(({ pid, state }) => ({ pid, stopped: state === STOPPED })),
  ]);
  const known = { ...nothing, daemons: Object.fromEntries(daemons.filter(([, all]) => all.length > 0)) };
  try {
    const { stdout } = await runInNode(lab, node, ['sh', '-c', LOOK_SCRIPT], LOOK_TIMEOUT_S);
    return { ...known, ...parseLook(stdout) };
  } catch (error) {
    if (error instanceof EnvironmentError) return known;
    throw error;
  }
}
