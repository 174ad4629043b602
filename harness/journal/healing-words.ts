import type { HealingStep } from './journal.ts';

const WORDS: Readonly<Record<HealingStep['step'], string>> = {
  revert: 'by its own means',
  replug: 'by plugging its wires in anew',
  recreate: 'by making its nodes anew',
};

/** What was tried, for people: the reason of the first step alone, when no other one was possible. */
export function describeSteps(steps: readonly HealingStep[]): string {
  const [first, ...others] = steps;
  const rest = others.map(({ step, outcome, why }) => {
    if (outcome === 'healed') return `healed ${WORDS[step]}`;
    return outcome === 'left-out' ? `not tried ${WORDS[step]}: ${why}` : `not ${WORDS[step]}: ${why}`;
  });
  return [first?.why, ...rest].filter((word) => word !== undefined).join('; ');
}

/** Whether a fault is healed, and not by its own means. */
export function wasHealedOtherwise({ healing = [] }: { healing?: readonly HealingStep[] }): boolean {
  return healing.length > 1 && healing.at(-1)?.outcome === 'healed';
}
