import { wasHealedOtherwise } from '../journal/healing-words.ts';
import type { AuditRecord } from '../journal/journal.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';

/**
 * Whether a trial passes when nobody doubts what was measured.
 * @param findings of probes and of systems, with what had not come back when it ended.
 */
export function passesBesides(
  { trouble, failures = [], faults }: Pick<TrialFacts, 'trouble' | 'failures' | 'faults'>,
  audits: readonly AuditRecord[],
  findings: readonly { open: readonly string[] }[],
): boolean {
  return (
    trouble === undefined &&
    failures.length === 0 &&
    findings.every(({ open }) => open.length === 0) &&
    !faults.some(wasHealedOtherwise) &&
    audits.every(({ verdict }) => verdict === 'pass')
  );
}
