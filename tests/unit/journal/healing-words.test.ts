import { expect, test } from 'vitest';
import { describeSteps, wasHealedOtherwise } from '../../../harness/journal/healing-words.ts';
import type { HealingStep } from '../../../harness/journal/journal.ts';

const failed: HealingStep = { step: 'revert', outcome: 'failed', why: 'the port is still locked' };
const left: HealingStep = { step: 'replug', outcome: 'left-out', why: 'it is in no wire' };
const healed: HealingStep = { step: 'recreate', outcome: 'healed' };

test('each step is told with what it came to', () => {
  expect(describeSteps([failed, left, healed])).toBe(
    'the port is still locked; not tried by plugging its wires in anew: it is in no wire; healed by making its nodes anew',
  );
  expect(describeSteps([failed, { ...left, outcome: 'failed', why: 'x' }])).toBe(
    'the port is still locked; not by plugging its wires in anew: x',
  );
});

test('what its own means have healed, or nothing, was not healed otherwise', () => {
  expect(wasHealedOtherwise({})).toBe(false);
  expect(wasHealedOtherwise({ healing: [failed, left] })).toBe(false);
  expect(wasHealedOtherwise({ healing: [failed, left, healed] })).toBe(true);
});
