import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import type { SystemAnalysis } from '../../system-analysis.ts';
import {
  type ClaimRow,
  NAME,
  type NeutronFacts,
  neutronFactsShape,
  type ReplicaLook,
} from './neutron-facts.ts';

const NOTHING: FrameWatch = { take: () => undefined };

/** What Neutron's API claims, held against what its nodes do. */
export const neutronAnalysis: SystemAnalysis<NeutronFacts> = {
  factsOf: ({ systems }) => {
    const own = systems?.[NAME];
    return own === undefined ? undefined : neutronFactsShape.parse(own);
  },
  listen: () => NOTHING,
  analyse: ({ facts, at }) => {
    // What was looked at is of the whole trial.
    if (at > 0) return {};
    return { metrics: metricsOf(facts), notes: notesOf(facts), rows: rowsOf(facts) };
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
