import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { SystemAnalysis } from '../../system-analysis.ts';
import {
  type ClaimRow,
  NAME,
  type NeutronFacts,
  neutronFactsShape,
  type ReplicaLook,
  type WrongClaim,
} from './neutron-facts.ts';
import { redundancyFindings } from './redundancy.ts';

const NOTHING: FrameWatch = { take: () => undefined };

/** What Neutron's API claims, held against what its nodes do. */
export const neutronAnalysis: SystemAnalysis<NeutronFacts> = {
  factsOf: ({ systems }) => {
    const own = systems?.[NAME];
    return own === undefined ? undefined : neutronFactsShape.parse(own);
  },
  listen: () => NOTHING,
  analyse: ({ facts, at, windows, trial: { fault, later_faults = [] } }) => {
    // What was looked at is of the whole trial.
    if (at > 0) return {};
    const { wrong = [] } = facts;
    const seen = facts.wrong === undefined ? {} : wrongTimes(wrong, windows.fault_ns);
    const faults = [...(fault ? [fault] : []), ...later_faults];
    const redundancy = redundancyFindings(facts, windows, faults);
    return {
      ...redundancy,
      metrics: { ...metricsOf(facts), ...seen, ...redundancy.metrics },
      notes: [
        ...notesOf(facts),
        ...wrong.map((one) => timeNote(one, windows.fault_ns)),
        ...(redundancy.notes ?? []),
      ],
      rows: rowsOf(facts),
    };
  },
};

function metricsOf({ replicas, agents }: NeutronFacts): Record<string, number> {
  const during = replicas.filter(({ when }) => when === 'during');
  const after = replicas.filter(({ when }) => when === 'after');
  const agentsDuring = agents.filter(({ when }) => when === 'during');
  return {
    ...(during.length > 0
      ? {
          'neutron.wrong_states': during.filter(isWrong).length,
          'neutron.single_replicas': singles(during),
        }
      : {}),
    ...(agentsDuring.length > 0
      ? {
          'neutron.wrong_agents': agentsDuring.filter(({ claimed_alive, runs }) => claimed_alive !== runs)
            .length,
        }
      : {}),
    ...(after.length > 0 ? { 'neutron.wrong_states_left': after.filter(isWrong).length } : {}),
  };
}

/** The longest of agents, and of replicas, from the fault on. */
function wrongTimes(wrong: readonly WrongClaim[], fault_ns: LabTime): Record<string, number> {
  const longest = (kind: WrongClaim['of']) =>
    Math.max(0, ...wrong.filter(({ of }) => of === kind).map((one) => wrongMs(one, fault_ns)));
  return { 'neutron.agent_wrong_ms': longest('agent'), 'neutron.replica_wrong_ms': longest('replica') };
}

function wrongMs({ from_ns, until_ns }: WrongClaim, fault_ns: LabTime): number {
  return Math.max(0, msFromNs(until_ns - Math.max(from_ns, fault_ns)));
}

function timeNote(one: WrongClaim, fault_ns: LabTime): string {
  const { of, node, name, claimed, found, from_ns, until_ns, open } = one;
  const what = of === 'agent' ? `${name} of ${node}` : `router '${name}' on ${node}`;
  const s = (ns: LabTime) => (msFromNs(ns - fault_ns) / 1000).toFixed(1);
  const end = open ? 'to the end of the trial' : `until ${s(until_ns)} s`;
  return `Neutron's API had ${what} as ${claimed} when it was '${found}': from ${s(from_ns)} s after the fault ${end}, by looks every 3 s`;
}

/** A claim that is not so. That a replica is not told is wrong where it runs. */
export function isWrong({ claimed, found }: ReplicaLook): boolean {
  return claimed !== found;
}

function singles(looks: readonly ReplicaLook[]): number {
  const routers = new Set(looks.map(({ router }) => router));
  const working = ({ found }: ReplicaLook) => found === 'active' || found === 'standby';
  return [...routers].filter((name) => looks.filter((one) => one.router === name && working(one)).length < 2)
    .length;
}

function notesOf({ replicas, silent }: NeutronFacts): string[] {
  const wrong = replicas.filter((one) => one.when === 'during' && isWrong(one));
  return [
    ...silent.map((why) => `what Neutron claims is not known at a moment: ${why}`),
    ...wrong.map(
      ({ router, node, claimed, found }) =>
        `Neutron's API had router '${router}' on ${node} as ${claimed ?? 'not there'} right before healing; it was ${WORDS[found]}`,
    ),
  ];
}

const WORDS: Record<ReplicaLook['found'], string> = {
  active: 'active: its address was there',
  standby: 'standby: keepalived ran without the address',
  silent: 'without a keepalived that runs',
  down: 'down with its node',
};

function rowsOf({ replicas, agents }: NeutronFacts): ClaimRow[] {
  return [
    ...replicas.map((one) => ({ kind: 'replica' as const, ...one })),
    ...agents.map((one) => ({ kind: 'agent' as const, ...one })),
  ];
}
