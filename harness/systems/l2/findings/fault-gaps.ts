import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import { msFromNs } from '../../../ground/time.ts';
import type { Cause, CutWire, Evidence } from '../../system-analysis.ts';
import type { Ways } from '../config/ways.ts';
import { type DaemonLoss, daemonLoss, lastMonitorStart } from './daemon-loss.ts';
import { type Circumstances, gapsOf } from './forwarding-bounds.ts';
import type { L2Facts, SwitchFacts } from './l2-facts.ts';
import { causesOfPortLoss, type PortLoss, portLoss, wiresOfPortLoss } from './port-loss.ts';
import { causesOfLoss, isStillAway } from './switch-causes.ts';
import { datapathOf, lookAt, ran } from './switch-state.ts';

type Asked = Pick<Evidence<L2Facts, unknown>, 'facts' | 'faults' | 'at' | 'trial'>;

/** A daemon of a switch that a fault took, and what else matters then. */
interface SwitchLoss {
  loss: DaemonLoss;
  own: SwitchFacts;
  at: Omit<Circumstances, 'by_trunk'>;
}

/** Why frames are not forwarded with a fault of a switch. */
export function causesOfFault(evidence: Asked, ways: Ways): Cause[] {
  const port = portOf(evidence);
  if (port) return causesOfPortLoss(port, ways);
  const lost = lossOf(evidence);
  if (lost === 'nothing') return switchesHit(evidence).flatMap((one) => nodeCause(one, evidence, ways));
  return lost ? causesOfLoss(lost.loss, lost.own, lost.at, ways) : [];
}

/**
 * The wires of nodes at a switch that forwards nothing to other switches for some time. Where the kernel may go on with
 * what it has cached, none is counted.
 */
export function cutWires(evidence: Asked): CutWire[] {
  const port = portOf(evidence);
  if (port) return wiresOfPortLoss(port);
  const lost = lossOf(evidence);
  if (lost === 'nothing')
    return evidence.faults[evidence.at]!.fault.stops_forwarding
      ? switchesHit(evidence).flatMap((own) => wiresAt(own, evidence.facts, 'the whole switch is gone'))
      : [];
  if (!lost) return [];
  const { loss, own, at } = lost;
  const gap = gapsOf(loss, own.settings, { ...at, by_trunk: true }).all;
  return typeof gap === 'string' || gap.low > 0 ? wiresAt(own, evidence.facts, gap) : [];
}

function wiresAt({ wires }: SwitchFacts, { switches }: L2Facts, gap: CutWire['gap']): CutWire[] {
  const isSwitch = new Set(switches.map(({ node }) => node));
  return wires
    .flatMap(({ peers }) => peers)
    .filter(({ node }) => !isSwitch.has(node))
    .map(({ node, interface: name }) => ({ node, interface: name, gap }));
}

function portOf({ trial, faults, at, facts }: Asked): PortLoss | undefined {
  const record = trial.faults[at];
  return record && portLoss(record, faults[at]!.fault, facts.switches);
}

function switchesHit({ facts, faults, at }: Asked): SwitchFacts[] {
  const victims = faults[at]!.fault.victims ?? [];
  return facts.switches.filter(({ node }) => victims.includes(node));
}

/** What each fault so far took of a switch, the last of them the one that is asked about. */
function lossesUntil({ trial, faults, at }: Asked): { loss: DaemonLoss | undefined; span: FaultSpan }[] {
  return faults.slice(0, at + 1).map((span, index) => {
    const resolved = trial.faults[index]?.resolved ?? '';
    return { span, loss: daemonLoss(resolved, span.fault) };
  });
}

/** @returns `nothing` of a fault that takes no daemon of a switch; undefined where what follows is not known. */
function lossOf(evidence: Asked): SwitchLoss | 'nothing' | undefined {
  const { facts, faults, at } = evidence;
  const losses = lossesUntil(evidence);
  const { loss } = losses.at(-1)!;
  if (!loss) return 'nothing';
  const own = facts.switches.find(({ node }) => node === loss.node);
  if (!own) return undefined;
  const before = lookAt(facts, own.node, 'before');
  const datapath = datapathOf(own, before);
  if (datapath === undefined) return undefined;
  const earlier = losses.slice(0, -1).filter((one) => one.loss?.node === own.node);
  const agent_runs =
    ran(before, 'agent') &&
    !earlier.some(
      (one) =>
        one.loss?.daemon === 'agent' &&
        isStillAway(one.loss, own.settings, one.span.fault.mended !== undefined),
    );
  const deaths = earlier.flatMap((one) =>
    one.loss?.daemon === 'vswitchd'
      ? [{ at_ms: msFromNs(one.span.windows.fault_ns), signal: one.loss.signal }]
      : [],
  );
  const started_ms = lastMonitorStart(deaths);
  const since =
    started_ms === undefined ? {} : { since_start_ms: msFromNs(faults[at]!.windows.fault_ns) - started_ms };
  return { loss, own, at: { datapath, agent_runs, ...since } };
}

/** A switch that is gone as a whole comes back when it is healed, if not before; other faults of it are not followed. */
function nodeCause({ node }: SwitchFacts, { faults, at, trial }: Asked, ways: Ways): Cause[] {
  const { stops_forwarding } = faults[at]!.fault;
  const kind = trial.faults[at]?.kind ?? 'this fault';
  const missing = stops_forwarding
    ? `nothing forwards in place of switch '${node}' until it is back`
    : `what ${kind} does to switch '${node}' does not follow from its settings`;
  return [{ reaches: { kind: 'between', pairs: ways.pairsAcross(node) }, missing }];
}
