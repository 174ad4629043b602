import { seconds } from '../../../ground/bound-arithmetic.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { FaultFacts, TrialWindows } from '../../../journal/trial-facts.ts';
import { reschedulingBound } from '../../neutron-scheduling/rescheduling-bound.ts';
import type { SystemFindings } from '../../system-analysis.ts';
import type { NeutronFacts, Running } from './neutron-facts.ts';

type Findings = Pick<SystemFindings, 'metrics' | 'bounds' | 'missing_metrics' | 'missing_bounds' | 'notes'>;
type Windows = Pick<TrialWindows, 'fault_ns' | 'heal_ns' | 'healed_ns'>;
type Fault = Pick<FaultFacts, 'after_ns' | 'aim' | 'victims'>;

/** What became of a router or a network that ran in fewer places, or in others, after the fault. */
interface Loss {
  of: Running['of'];
  name: string;
  /** From each fault that took some of its places until there were as many again and that fault took no other, in ms. */
  times_ms: readonly number[];
  /** The nodes whose processes are gone. */
  lost_on: readonly string[];
  /**
   * The look from which on, until healing began, there were as many places as before the fault; undefined where there were fewer
   * then. Absent of what was lost after that.
   */
  before_healing?: LabTime | undefined;
  /** The same until the end of the trial. */
  restored_ns: LabTime | undefined;
}

const KINDS = {
  router: {
    restored: 'neutron.replicas_restored_ms',
    short: 'neutron.routers_short',
    agent: 'neutron-l3-agent',
  },
  network: {
    restored: 'neutron.dhcp_restored_ms',
    short: 'neutron.networks_short',
    agent: 'neutron-dhcp-agent',
  },
} as const;

/**
 * In how many places routers and networks ran, against those before the fault; nothing where nobody looked.
 * @param faults those of the trial, in their order.
 */
export function redundancyFindings(
  facts: NeutronFacts,
  windows: Windows,
  faults: readonly Fault[],
): Findings {
  const { running } = facts;
  if (running === undefined || running.length === 0) return {};
  const subjects = [...Map.groupBy(running, ({ of, name }) => `${of} ${name}`).values()];
  const losses = subjects.flatMap((looks) => lossOf(looks, windows, faults) ?? []);
  const parts = (['router', 'network'] as const)
    .filter((of) => running.some((one) => one.of === of))
    .map((of) => restored(of, losses, facts, faults));
  return {
    metrics: merged(parts, 'metrics', wholeAgain(losses, windows)),
    bounds: merged(parts, 'bounds'),
    missing_metrics: merged(parts, 'missing_metrics'),
    missing_bounds: merged(parts, 'missing_bounds'),
    notes: losses.map((loss) => noteOf(loss, windows, faults.length > 1 ? 'first fault' : 'fault')),
  };
}

function merged<K extends Exclude<keyof Findings, 'notes'>>(
  parts: readonly Findings[],
  key: K,
  more: Findings[K] = {},
): NonNullable<Findings[K]> {
  return Object.assign({}, ...parts.map((one) => one[key] ?? {}), more) as NonNullable<Findings[K]>;
}

function lossOf(
  looks: readonly Running[],
  { fault_ns, heal_ns }: Windows,
  faults: readonly Fault[],
): Loss | undefined {
  const before = looks.findLast(({ at_ns }) => at_ns <= fault_ns);
  if (!before) return undefined;
  const after = looks.filter(({ at_ns }) => at_ns > fault_ns);
  const goneIn = (look: Running) => gone(before, look);
  const first = after.findIndex((look) => goneIn(look).length > 0);
  if (first === -1) return undefined;
  const since = after.slice(first);
  const until_healing = since.filter(({ at_ns }) => at_ns <= heal_ns);
  const seen = [before, ...after].filter(({ at_ns }) => at_ns <= heal_ns);
  return {
    ...{ of: before.of, name: before.name },
    times_ms: timesOf(seen, faults, fault_ns),
    lost_on: [...new Set(since.flatMap(goneIn).map(({ node }) => node))],
    ...(until_healing.length > 0 ? { before_healing: restoredIn(until_healing, before) } : {}),
    restored_ns: restoredIn(since, before),
  };
}

/** @param seen the looks from the last one before the first fault on, until healing began. */
function timesOf(seen: readonly Running[], faults: readonly Fault[], first_ns: LabTime): number[] {
  const last_lost = new Map<LabTime, LabTime>();
  for (const [at, look] of seen.entries()) {
    const nodes = at === 0 ? [] : gone(seen[at - 1]!, look).map(({ node }) => node);
    if (nodes.length > 0) last_lost.set(faultBefore(look.at_ns, nodes, faults) ?? first_ns, look.at_ns);
  }
  const wanted = seen[0]?.places.length ?? 0;
  return [...last_lost].flatMap(([fault_ns, lost_ns]) => {
    const back = seen.find(({ at_ns, places }) => at_ns >= lost_ns && places.length >= wanted);
    return back ? [msFromNs(back.at_ns - fault_ns)] : [];
  });
}

/** The last fault before a moment that took part of one of the nodes; else the last one before it. */
function faultBefore(
  at_ns: LabTime,
  nodes: readonly string[],
  faults: readonly Fault[],
): LabTime | undefined {
  const earlier = faults.filter(({ after_ns }) => after_ns <= at_ns);
  const own = earlier.findLast(({ victims = [] }) => victims.some((node) => nodes.includes(node)));
  return (own ?? earlier.at(-1))?.after_ns;
}

/** What ran at one look and at a later one no more: another process in the same node is another one. */
function gone(one: Running, { places }: Running): Running['places'] {
  return one.places.filter(
    ({ node, pid }) => !places.some((other) => other.node === node && other.pid === pid),
  );
}

/** The look from which on there were as many as before, for good; undefined where the last one saw fewer. */
function restoredIn(looks: readonly Running[], { places: { length: wanted } }: Running): LabTime | undefined {
  const lacking = looks.findLastIndex(({ places }) => places.length < wanted);
  return looks[lacking + 1]?.at_ns;
}

function restored(
  of: Running['of'],
  losses: readonly Loss[],
  facts: NeutronFacts,
  faults: readonly Fault[],
): Findings {
  const { restored: metric, short, agent } = KINDS[of];
  const own = losses.filter((one) => one.of === of && 'before_healing' in one);
  const lacking = own.filter(({ before_healing }) => before_healing === undefined);
  const times = own.flatMap(({ times_ms }) => times_ms);
  return {
    metrics: {
      [short]: lacking.length,
      ...(lacking.length === 0 ? { [metric]: Math.max(0, ...times) } : {}),
    },
    ...(lacking.length === 0
      ? {}
      : {
          missing_metrics: {
            [metric]: `${of} ${lacking.map(({ name }) => `'${name}'`).join(', ')} had fewer when healing began`,
          },
        }),
    ...boundOf(metric, own, facts, endedAgents(agent, faults)),
  };
}

/** The nodes on which a fault ended the agent, or all there was. */
function endedAgents(agent: string, faults: readonly Fault[]): Set<string> {
  const hit = faults.filter(({ aim }) => aim?.ends === 'any' || aim?.names.includes(agent));
  return new Set(hit.flatMap(({ victims = [] }) => victims));
}

/** What a node took with it is moved; what ended by itself its agent starts again. */
function boundOf(
  metric: string,
  losses: readonly Loss[],
  { replicas, times }: NeutronFacts,
  ended: ReadonlySet<string>,
): Findings {
  if (losses.length === 0) return {};
  if (times === undefined)
    return { missing_bounds: { [metric]: 'the control node has no neutron.conf that can be read' } };
  const down = new Set(replicas.flatMap((one) => (one.found === 'down' ? [one.node] : [])));
  const nodes = losses.flatMap(({ lost_on }) => lost_on);
  const moved = nodes.some((node) => down.has(node));
  const itself = nodes.find((node) => ended.has(node) && !down.has(node));
  if (itself !== undefined)
    return {
      missing_bounds: {
        [metric]: `the agent of ${itself} was ended, and starts its processes when it is back: no setting bounds that`,
      },
    };
  return { bounds: { [metric]: moved ? reschedulingBound(times) : respawnBound(times.check_processes_ms) } };
}

function respawnBound(check_ms: number): Bound {
  return { low: 0, high: check_ms, from: `Neutron: check_child_processes_interval ${seconds(check_ms)}` };
}

/** From the end of healing; nothing where nothing was lost, or something is lost still. */
function wholeAgain(losses: readonly Loss[], { healed_ns }: Windows): Readonly<Record<string, number>> {
  const backs = losses.flatMap(({ restored_ns }) => restored_ns ?? []);
  if (losses.length === 0 || backs.length < losses.length) return {};
  return { 'neutron.whole_again_ms': Math.max(0, msFromNs(Math.max(...backs) - healed_ns)) };
}

function noteOf(
  { of, name, lost_on, restored_ns }: Loss,
  { fault_ns, heal_ns }: Windows,
  since: string,
): string {
  const what = of === 'router' ? `a replica of router '${name}'` : `a DHCP server of network '${name}'`;
  const lost = `${what} was lost with ${lost_on.join(', ')}`;
  if (restored_ns === undefined) return `${lost}; there were fewer until the end of the trial`;
  const s = (msFromNs(restored_ns - fault_ns) / 1000).toFixed(1);
  const when = restored_ns > heal_ns ? ', after healing began' : '';
  return `${lost}; there were as many again ${s} s after the ${since}${when}`;
}
