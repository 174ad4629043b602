import type { AuditRecord, Verdict } from '../journal/journal.ts';
import type { ProbeFindings } from '../probes/probe.ts';

export interface TrialJudgement {
  verdict: Verdict;
  reason?: string;
}

/**
 * A trial's own verdict, before any expectation: unknown when it could not be measured, fail when something
 * did not come back or stayed broken.
 * @param doubts_besides what else keeps it from being trusted, as far as there is anything.
 */
export function judgeTrial(
  findings: readonly ProbeFindings[],
  audits: readonly AuditRecord[],
  doubts_besides: readonly (string | undefined)[],
): TrialJudgement {
  const doubts = [...doubts_besides, ...findings.flatMap((one) => one.doubts)].filter(
    (doubt) => doubt !== undefined,
  );
  const open = findings.flatMap((one) => one.open);
  const broken = audits.filter((audit) => audit.verdict !== 'pass');
  const reasons = [...doubts, ...open, ...broken.map(({ name, detail }) => `${name}: ${detail}`)];
  const verdict = verdictOf(
    doubts.length > 0,
    open.length > 0 || broken.some((audit) => audit.verdict === 'fail'),
    broken.length > 0,
  );
  return reasons.length > 0 ? { verdict, reason: reasons.join('; ') } : { verdict };
}

function verdictOf(doubtful: boolean, failed: boolean, incomplete: boolean): Verdict {
  if (doubtful) return 'unknown';
  if (failed) return 'fail';
  return incomplete ? 'unknown' : 'pass';
}
