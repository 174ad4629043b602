import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import type { Moment } from '../../../evidence/moment.ts';
import { msFromNs } from '../../../ground/time.ts';
import type { Frame } from '../../../observe/frame.ts';
import type { Evidence, SystemAnalysis, SystemFindings } from '../../system-analysis.ts';
import { Ways } from '../config/ways.ts';
import { countPairs, pairRows } from './cut-pairs.ts';
import { causesOfFault, cutWires } from './fault-gaps.ts';
import { wiringBound } from './forwarding-bounds.ts';
import { type L2Facts, l2FactsOf, type PlugFacts, type SwitchFacts } from './l2-facts.ts';
import { NetworkFrames } from './network-frames.ts';
import { RepeatedFrames } from './repeated-frames.ts';
import { stateRows } from './switch-rows.ts';
import { lacking, lookAt, ran, unwired } from './switch-state.ts';
import { isForged, judgeIsolation, judgeLoops, WIRE_AUDITS } from './wire-audits.ts';

/** Every frame on the wires of the switches. */
export class SwitchWires implements FrameWatch {
  readonly networks: NetworkFrames;
  readonly repeated: RepeatedFrames;

  constructor(switches: readonly SwitchFacts[]) {
    this.networks = new NetworkFrames(switches);
    this.repeated = new RepeatedFrames(
      new Set(switches.flatMap(({ wires }) => wires.map(({ segment }) => segment))),
    );
  }

  take(frame: Frame, segment: string): void {
    this.networks.take(frame, segment);
    this.repeated.take(frame, segment);
  }
}

type L2Evidence = Evidence<L2Facts, SwitchWires>;

export const l2Analysis: SystemAnalysis<L2Facts, SwitchWires> = {
  audits: WIRE_AUDITS,
  factsOf: l2FactsOf,
  listen: ({ facts }) => new SwitchWires(facts.switches),
  cutWires,
  analyse: (evidence) => {
    const ways = new Ways(evidence.facts.links, evidence.facts.switches);
    const causes = causesOfFault(evidence, ways);
    // What is of the whole trial is reported with its first fault.
    return evidence.at > 0 ? { causes } : { causes, ...wholeTrial(evidence, ways) };
  },
};

function wholeTrial(evidence: L2Evidence, ways: Ways): SystemFindings {
  const { facts, windows, watch, trial, clients, on_link } = evidence;
  const probes = [...clients, ...on_link];
  const rows = pairRows(probes, ways);
  const { pairs, cut } = countPairs(probes);
  const forged = isForged(trial.faults);
  const leaks = forged ? [] : watch.networks.leaks();
  const loops = forged ? [] : watch.repeated.loops;
  const { vlans, frames } = watch.networks;
  return {
    metrics: {
      ...(pairs > 0 ? { 'l2.pairs': pairs, 'l2.pairs_cut': cut } : {}),
      ...stateMetrics(facts),
      ...plugMetrics(facts),
      ...(forged
        ? {}
        : {
            'l2.leaked': sum(leaks.map((one) => one.frames)),
            'l2.looped': sum(loops.map((one) => one.repeated)),
          }),
    },
    ...plugBounds(facts),
    moments: facts.plugs.flatMap(plugMoments),
    audits: forged
      ? []
      : [
          ...judgeIsolation(leaks, { vlans: vlans.size, frames }, windows.fault_ns),
          ...judgeLoops(loops, watch.repeated.numbered, windows.fault_ns),
        ],
    rows: [...rows.map((row) => ({ kind: 'pair' as const, ...row })), ...stateRows(facts)],
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** What the switches lacked when healing was about to begin; not known where one did not answer. */
function stateMetrics(facts: L2Facts): Record<string, number> {
  const looks = facts.switches.map(({ node }) => ({
    before: lookAt(facts, node, 'before'),
    during: lookAt(facts, node, 'during'),
  }));
  const databases = looks.every(({ during }) => during?.database);
  const flows = looks.every(
    ({ before, during }) =>
      before && during?.flows.every(({ trouble, counted }) => trouble === undefined && counted === undefined),
  );
  const unwiredPorts = looks.flatMap(({ during }) => (during ? unwired(during) : []));
  const missing = looks.flatMap(({ before, during }) => (before && during ? lacking(before, during) : []));
  const uncounted = facts.switches.some(
    ({ settings }) => settings.controller || settings.datapath === 'bridge',
  );
  return {
    ...(databases && looks.length > 0 ? { 'l2.unwired': unwiredPorts.length } : {}),
    ...(flows && !uncounted ? { 'l2.flows_missing': missing.length } : {}),
  };
}

function plugMetrics({ plugs }: L2Facts): Record<string, number> {
  const times = plugs.map(({ plugged_ns, wired_ns }) =>
    wired_ns === null ? undefined : msFromNs(wired_ns - plugged_ns),
  );
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 && known.length === times.length ? { 'l2.wired_ms': Math.max(...known) } : {};
}

function plugBounds(facts: L2Facts): Pick<SystemFindings, 'bounds' | 'missing_bounds'> {
  const all = facts.plugs.flatMap(({ node }) => facts.switches.filter((one) => one.node === node));
  const [slowest] = all.toSorted((a, b) => b.settings.polling_ms - a.settings.polling_ms);
  if (!slowest) return {};
  const deaf = all.find(({ node }) => !ran(lookAt(facts, node, 'during'), 'agent'));
  if (deaf)
    return {
      missing_bounds: { 'l2.wired_ms': `the agent of '${deaf.node}' did not run: nothing wires a new port` },
    };
  return { bounds: { 'l2.wired_ms': wiringBound(slowest.settings) } };
}

function plugMoments({ node, interface: name, plugged_ns, wired_ns }: PlugFacts): Moment[] {
  const plugged = {
    at_ns: plugged_ns,
    event: 'system',
    detail: `port ${name} is plugged into ${node}`,
  } as const;
  if (wired_ns === null) return [plugged];
  return [
    plugged,
    { at_ns: wired_ns, event: 'system', detail: `the agent of ${node} has wired port ${name}` },
  ];
}
