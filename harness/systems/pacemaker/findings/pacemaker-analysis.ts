import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import type { ClusterFacts } from '../../../journal/cluster-facts.ts';
import type { AddressAnswers } from '../../../observe/address-answers.ts';
import type { Frame } from '../../../observe/frame.ts';
import { GarpCollector } from '../../../observe/garps.ts';
import { KnetSpeakers } from '../../../observe/knet.ts';
import { answersSince } from '../../shared-address.ts';
import type { SystemAnalysis, TrialScene } from '../../system-analysis.ts';
import { vipTaking } from './cluster-vip-changes.ts';
import { clustersFindings } from './clusters.ts';

/** What the captures show of the clusters' addresses. */
class ClustersWatch implements FrameWatch {
  readonly garps = new GarpCollector();
  readonly ring = new KnetSpeakers();
  /** Of each fault, from the moments on at which the addresses were taken. */
  readonly answers: readonly AddressAnswers[];

  constructor(answers: readonly AddressAnswers[]) {
    this.answers = answers;
  }

  take(frame: Frame): void {
    this.garps.take(frame);
    this.ring.take(frame);
    for (const one of this.answers) one.take(frame);
  }
}

export const pacemakerAnalysis: SystemAnalysis<readonly ClusterFacts[], ClustersWatch> = {
  factsOf: ({ clusters = [] }) => (clusters.length > 0 ? clusters : undefined),
  listen: (scene) => new ClustersWatch(scene.faults.map((span, at) => answersOf(scene, span, at))),
  analyse: ({ facts, trial, faults, at, records, watch }) => {
    const seen = {
      garps: watch.garps.result(),
      heard: (macs: readonly string[]) => watch.ring.heard(macs),
      answers: watch.answers[at]!,
      address_events: trial.address_events,
      power: trial.power_events ?? [],
      epoch_ns: BigInt(trial.epoch_ns),
    };
    return clustersFindings(facts, records, seen, faults[at]!, faults.slice(0, at));
  },
};

/** With the first fault an address may be taken until the healing of all, with a later one until the next. */
function answersOf(
  { facts, trial, windows }: TrialScene<readonly ClusterFacts[]>,
  span: FaultSpan,
  at: number,
): AddressAnswers {
  const [until, since_ns] = at === 0 ? [windows, -Infinity] : [span.windows, span.fault.before_ns];
  return answersSince(
    facts.flatMap((cluster) =>
      cluster.vips.map(
        (vip) => [vip.address, vipTaking(vip, cluster, trial.address_events, until, since_ns)] as const,
      ),
    ),
  );
}
