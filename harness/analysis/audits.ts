import type { AuditRecord } from '../journal/journal.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import type { FaultFindings } from './system-findings.ts';

/**
 * The audits of a trial: those of the lab, and those that systems answer from the captures. Where these lack something, nothing
 * is known to be well.
 * @param gap what they lack, a sentence; undefined where they are whole.
 */
export function auditsOf(
  { audits }: Pick<TrialFacts, 'audits'>,
  faults: readonly Pick<FaultFindings, 'audits'>[],
  gap: string | undefined,
): AuditRecord[] {
  const seen = faults.flatMap((one) => one.audits);
  const known = seen.map((one): AuditRecord => {
    return gap === undefined || one.verdict !== 'pass' ? one : { ...one, verdict: 'unknown', detail: gap };
  });
  return [...audits, ...known];
}
