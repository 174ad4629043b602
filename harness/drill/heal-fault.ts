import { messageOf, UnknownError } from '../ground/errors.ts';
import { withDeadline } from '../ground/wait.ts';
import { describeSteps } from '../journal/healing-words.ts';
import type { HealingStep } from '../journal/journal.ts';
import type { Lab } from '../lab/lab.ts';
import { recreateNode } from '../lab/recreate-node.ts';
import type { Fault } from '../systems/fault.ts';

const REVERT_TIMEOUT_MS = 90_000;
/** Reverting once more, after a step that was to make it possible. */
const AGAIN_TIMEOUT_MS = 30_000;
const REPLUG_TIMEOUT_MS = 15_000;
/** Of one node: its container, its daemons, its healthcheck. */
const RECREATE_TIMEOUT_MS = 90_000;

/** What was begun to be broken could not be healed. */
export class NotHealed extends UnknownError {}

/** A fault is healed, but not by its own means: the trial that it is of has seen more than it. */
export class HealedOtherwise extends UnknownError {}

type StepName = HealingStep['step'];

/** What is done, before the fault's own means are tried; a sentence where the step cannot heal the fault. */
type Work = { work(): Promise<unknown>; timeout_ms: number } | string;

type Step = readonly [StepName, (lab: Lab, fault: Fault) => Promise<Work>];

/** The fault's own means first. */
const STEPS: readonly [Step, ...Step[]] = [
  ['revert', async () => ({ work: async () => undefined, timeout_ms: REVERT_TIMEOUT_MS })],
  [
    'replug',
    async (lab, { wires = [] }) =>
      wires.length === 0
        ? 'it is in no wire'
        : {
            work: () => lab.agent.call('replug', { ports: [...wires] }),
            timeout_ms: REPLUG_TIMEOUT_MS,
          },
  ],
  [
    'recreate',
    async (lab, { victims, outside }) => {
      if (outside !== undefined) return outside;
      // That a node has ended by itself is a finding, which must not vanish.
      for (const node of victims)
        if (node.pid > 0 && !(await lab.isAlive(node))) return `node '${node.name}' has ended by itself`;
      const bmc = victims.find((node) => lab.power.switches(node));
      if (bmc) return `the BMC of host '${bmc.host}' starts ${bmc.name} as it is`;
      return {
        work: async () => {
          for (const node of victims) await recreateNode(lab, node);
        },
        timeout_ms: RECREATE_TIMEOUT_MS * victims.length,
      };
    },
  ],
];

/**
 * Heals a fault: by its own means; else its wires are plugged in anew; else its victims are made anew, and each time its own
 * means are tried again. Every step has a deadline. A step that cannot heal it is left out.
 * @param noted gets every step of one that its own means did not heal, when it is over.
 * @returns the steps, of which the last one has healed it; one of them where its own means have.
 * @throws NotHealed telling what each step came to.
 */
export async function healFault(
  lab: Lab,
  fault: Fault,
  noted: (step: HealingStep) => void,
): Promise<HealingStep[]> {
  const steps: HealingStep[] = [];
  for (const [name, prepare] of STEPS) {
    const step = await tryStep(lab, fault, name, prepare);
    steps.push(step);
    if (steps.length > 1 || step.outcome !== 'healed') noted(step);
    if (step.outcome === 'healed') return steps;
  }
  throw new NotHealed(`the fault '${fault.label}' could not be healed: ${describeSteps(steps)}`);
}

/**
 * Heals a fault that `healFault` could not heal by its own means alone: another fault that was healed since may have
 * been in its way. What escalates has been tried.
 * @returns whether it is healed.
 */
export async function healOnceMore(lab: Lab, fault: Fault): Promise<boolean> {
  const [[name, prepare]] = STEPS;
  return (await tryStep(lab, fault, name, prepare, AGAIN_TIMEOUT_MS)).outcome === 'healed';
}

/**
 * Reverts what a fault that did not take effect may have changed.
 * @throws DeadlineError when that takes longer than 90 s; what the fault throws.
 */
export function revertFault(fault: Fault): Promise<void> {
  return withDeadline(`the fault '${fault.label}' to be healed`, REVERT_TIMEOUT_MS, fault.heal());
}

async function tryStep(
  lab: Lab,
  fault: Fault,
  step: StepName,
  prepare: Step[1],
  again_ms = step === 'revert' ? REVERT_TIMEOUT_MS : AGAIN_TIMEOUT_MS,
): Promise<HealingStep> {
  try {
    const how = await prepare(lab, fault);
    if (typeof how === 'string') return { step, outcome: 'left-out', why: how };
    await withDeadline(`the ${step} of '${fault.label}'`, how.timeout_ms, how.work());
    await withDeadline(`the fault '${fault.label}' to be healed`, again_ms, fault.heal());
    const doubt = await fault.verifyHealed();
    return doubt === undefined ? { step, outcome: 'healed' } : { step, outcome: 'failed', why: doubt };
  } catch (error) {
    return { step, outcome: 'failed', why: messageOf(error) };
  }
}
