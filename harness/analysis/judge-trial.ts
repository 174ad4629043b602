import type { AuditRecord, Verdict } from '../journal/journal.ts';
import type { ProbeFindings } from '../probes/probe.ts';

/** No starvation that a trial lives through takes so long. */
const LEAST_NEVER_ENDED_MS = 5000;

export interface TrialJudgement {
  verdict: Verdict;
  reason?: string;
  /** Why its numbers can't be trusted: one sentence each. Absent where the verdict says whether they can be. */
  doubts?: string[];
}

/** What is known of a trial besides what its probes found. */
export interface TrialWitness {
  audits: readonly AuditRecord[];
  /** Why its numbers can't be trusted, as far as there is anything. */
  doubts: readonly (string | undefined)[];
  /** What had not come back when the trial ended, besides what the probes say: one sentence each. */
  open?: readonly string[];
  /** What went wrong with running it. Then what is broken at the end may be so because of that, unless all was healed. */
  trouble?: string | undefined;
  /** All that was broken was seen healed in spite of the trouble. */
  mended?: boolean | undefined;
  /** A fault was healed, but not by its own means: what the lab is like after that is not its doing alone. */
  healed_otherwise?: boolean | undefined;
  /** What failed whatever the probes' numbers are, such as a deadline that passed: one sentence each. */
  failures?: readonly string[];
  /** How long service was waited for after the fault, in ms: an outage that is open for longer never ended. */
  recovery_ms: number;
}

/**
 * A trial's own verdict, before any expectation. It fails when something did not come back or stayed broken, and is
 * unknown when it could not be measured or an audit could not look. A doubt about the measurement outweighs only what
 * depends on it. An audit that failed and did not pass when it looked again, a deadline that passed, and an outage that was
 * open for longer than was waited for its end are failures in spite of it; in spite of trouble with running the trial only
 * where all was healed. Where a fault was healed otherwise than by its own means, only what failed before is certain.
 */
export function judgeTrial(findings: readonly ProbeFindings[], witness: TrialWitness): TrialJudgement {
  const { audits, trouble, mended, healed_otherwise, failures = [], recovery_ms } = witness;
  const doubts = [...witness.doubts, trouble, ...findings.flatMap((one) => one.doubts)].filter(
    (doubt) => doubt !== undefined,
  );
  const open = [...findings.flatMap((one) => one.open), ...(witness.open ?? [])];
  const broken = audits.filter((audit) => audit.verdict !== 'pass');
  const certain =
    (trouble === undefined || mended === true) &&
    (failures.length > 0 ||
      (healed_otherwise !== true &&
        (broken.some((audit) => audit.verdict === 'fail' && !audit.passing) ||
          findings.some((one) => neverEnded(one, recovery_ms)))));
  const reasons = [
    ...doubts,
    ...failures,
    ...open,
    ...broken.map(({ name, detail }) => `${name}: ${detail}`),
  ];
  const failed = certain || open.length > 0 || broken.some((audit) => audit.verdict === 'fail');
  const verdict = verdictOf(certain, doubts.length > 0, failed, broken.length > 0);
  return {
    verdict,
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
    ...((verdict === 'unknown') === (doubts.length === 0) ? { doubts } : {}),
  };
}

function verdictOf(certain: boolean, doubtful: boolean, failed: boolean, incomplete: boolean): Verdict {
  if (certain) return 'fail';
  if (doubtful) return 'unknown';
  if (failed) return 'fail';
  return incomplete ? 'unknown' : 'pass';
}

/** Whatever the machine did to the probe's schedule: its error, and the longest that it was kept from it, taken off. */
function neverEnded({ outages, starved_ms = 0 }: ProbeFindings, recovery_ms: number): boolean {
  return outages.some(
    ({ open, outage_ms, outage_error_ms }) =>
      open && outage_ms - outage_error_ms - starved_ms >= Math.max(recovery_ms, LEAST_NEVER_ENDED_MS),
  );
}
