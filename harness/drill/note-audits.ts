import type { TrialFacts } from '../journal/trial-facts.ts';
import { addNotes } from '../journal/trial-words.ts';
import type { Audited } from '../systems/audit.ts';

/** Puts what audits say into a trial's facts: the records, and what a reader is to know beside them. */
export function noteAudits(facts: TrialFacts, audited: readonly Audited[]): void {
  facts.audits = audited.map(({ notes: _, ...record }) => record);
  addNotes(facts, ...audited.flatMap(({ notes = [] }) => notes));
}
