import type { TrialFacts } from './trial-facts.ts';

/** Adds what failed whatever the probes' numbers are. */
export function addFailures(facts: TrialFacts, ...sentences: readonly string[]): void {
  if (sentences.length > 0) facts.failures = [...(facts.failures ?? []), ...sentences];
}

/** Adds what a reader must know beside the numbers. */
export function addNotes(facts: Pick<TrialFacts, 'notes'>, ...sentences: readonly string[]): void {
  if (sentences.length > 0) facts.notes = [...(facts.notes ?? []), ...sentences];
}

/** Adds what kept the trial from being measured. */
export function addTrouble(facts: TrialFacts, words: string): void {
  facts.trouble = [facts.trouble, words].filter(Boolean).join('; ');
}
