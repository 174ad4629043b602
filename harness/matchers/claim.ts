import { declarationOf } from '../analysis/metrics.ts';
import type { Expectation, Journal, Verdict } from '../journal/journal.ts';
import { parseMetricName } from '../journal/metric-name.ts';
import { metricNames, trustedTrials } from '../journal/trusted-trials.ts';
import { judgeExpectations } from '../verdict/judge.ts';

/** What a test claims of a run, and whether it holds. */
export interface Claim {
  /** Unknown is not pass: no trial could be trusted, or nothing measures it. */
  verdict: Verdict;
  /** The journal as the claim judges it: its expectations are the claim's. */
  journal: Journal;
  /** Why nothing can be said, where no probe measures it at all. */
  lack?: string;
}

type Judged = Pick<Expectation, 'op' | 'value'>;

/** No client was without service for longer, in any trial. @param most_ms in ms. */
export function recoveredWithin(journal: Journal, most_ms: number): Claim {
  const named = ({ name }: Named) => {
    const { role, after_healing } = declarationOf(name);
    return role === 'outage' && !after_healing;
  };
  const lack = 'no probe measured an outage: give the trial one of kind udp, http or dhcp';
  return claim(journal, named, { op: '<=', value: most_ms }, lack);
}

/** Every TCP session lived on, on the same socket, in every trial. */
export function survived(journal: Journal): Claim {
  const lack = 'no probe measured sessions: give the trial one of kind tcp';
  return claim(journal, ({ measure }) => measure === 'survived_ratio', { op: '>=', value: 1 }, lack);
}

/** No shared address was on two nodes at once, in any trial. */
export function hadSingleOwner(journal: Journal): Claim {
  const lack = 'nothing watched owners: the lab has no shared address that hadrill knows of';
  return claim(journal, ({ measure }) => measure === 'owners_max', { op: '<=', value: 1 }, lack);
}

/** The run passed, by its own expectations and audits. */
export function passed(journal: Journal): Claim {
  return { verdict: journal.verdict, journal };
}

interface Named {
  name: string;
  measure: string;
}

function claim(journal: Journal, isMeant: (metric: Named) => boolean, judged: Judged, lack: string): Claim {
  const metrics = metricNames(journal).filter((name) => {
    const { fault, measure } = parseMetricName(name);
    return fault === undefined && isMeant({ name, measure });
  });
  const wanted = metrics.map((metric): Expectation => ({ metric, stat: 'each', ...judged }));
  const expectations = judgeExpectations(wanted, journal.trials);
  const verdicts = expectations.map(({ verdict }) => verdict);
  const verdict =
    verdicts.find((one) => one === 'fail') ??
    (verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'pass');
  const measured = trustedTrials(journal).some((trial) => Object.keys(trial.metrics).length > 0);
  return {
    verdict,
    journal: { ...journal, expectations, verdict },
    ...(metrics.length === 0 && measured ? { lack } : {}),
  };
}
