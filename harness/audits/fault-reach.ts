import type { FaultFacts } from '../journal/trial-facts.ts';
import type { SeenProcess } from '../lab/node-look-shapes.ts';
import type { TrialOfAudit } from '../systems/audit.ts';
import { lineOf, programOf } from './seen-processes.ts';

/** How near the faults of a trial came to a process: they may have ended it, did something to its node, or neither. */
export type Reach = 'process' | 'node' | 'none';

function faultsOf({ fault, later_faults = [] }: TrialOfAudit): FaultFacts[] {
  return [...(fault ? [fault] : []), ...later_faults];
}

/** Labels of the faults that took part of a node. */
export function faultsAt(trial: TrialOfAudit, node: string): string[] {
  return faultsOf(trial)
    .filter(({ victims = [] }) => victims.includes(node))
    .map(({ label }) => label);
}

/** @param before what ran in the node before the fault: what descends from a process ends with it. */
export function reachOf(
  trial: TrialOfAudit,
  node: string,
  process: SeenProcess,
  before: readonly SeenProcess[],
): Reach {
  const aims = faultsOf(trial).flatMap(({ victims = [], aim }) =>
    victims.includes(node) && aim && aim.ends !== 'none' ? [aim] : [],
  );
  const line = lineOf(process, before);
  const isAimedAt = (names: readonly string[]) =>
    line.some((one) => [one.name, programOf(one), one.service ?? ''].some((name) => names.includes(name)));
  if (aims.some(({ names }) => isAimedAt(names))) return 'process';
  return aims.some(({ ends }) => ends === 'any') ? 'node' : 'none';
}

/** Whether an address came to the node or left it: scripts of the node's own may start and end what they like then. */
export function changedRole({ address_events }: TrialOfAudit, node: string): boolean {
  return address_events.some((event) => event.node === node);
}
