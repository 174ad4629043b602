import {
  type FaultFindings,
  faultFindings,
  watchSystems,
} from '../../../harness/analysis/system-findings.ts';
import { faultSpans } from '../../../harness/evidence/fault-spans.ts';
import type { Records } from '../../../harness/evidence/records.ts';
import type { TrialFacts } from '../../../harness/journal/trial-facts.ts';
import type { Frame } from '../../../harness/observe/frame.ts';
import { WINDOWS, wireOf } from './takeovers.ts';

/** What the systems of a trial with these facts find, whose captures hold these frames, all of one segment. */
export function findingsOf(
  facts: TrialFacts,
  frames: readonly Frame[],
  records: Records = {},
): [FaultFindings, ...FaultFindings[]] {
  const common = {
    windows: WINDOWS,
    faults: faultSpans(facts, WINDOWS),
    ports: [{ protocol: 'udp' as const, port: 7001 }],
  };
  const systems = watchSystems(facts, common);
  for (const frame of frames) for (const { watch } of systems) watch.take(frame, 'inside');
  return faultFindings(systems, facts, {
    ...common,
    records,
    wire: wireOf(frames),
    outage: undefined,
    clients: [],
    on_link: [],
  });
}
