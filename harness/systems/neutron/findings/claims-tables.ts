import { z } from 'zod';
import type { Journal } from '../../../journal/journal.ts';
import type { Section } from '../../../journal/section.ts';
import { trustedTrials } from '../../../journal/trusted-trials.ts';
import { MOMENT_WORDS } from '../../moment-words.ts';
import { isWrong } from './neutron-analysis.ts';
import { type AgentLook, claimRow, NAME, type ReplicaLook } from './neutron-facts.ts';

const rowsShape = z.array(claimRow);
const MOMENTS = ['before', 'during', 'after'] as const;

interface Claims {
  of: string;
  replicas: ReplicaLook[];
  agents: AgentLook[];
}

/** Of the first trial that says something. */
function claimsIn(journal: Journal): Claims | undefined {
  for (const { index, systems } of trustedTrials(journal)) {
    const rows = rowsShape.parse(systems?.[NAME] ?? []);
    if (rows.length === 0) continue;
    return {
      of: `trial ${index}`,
      replicas: rows.flatMap((row) => (row.kind === 'replica' ? [row] : [])),
      agents: rows.flatMap((row) => (row.kind === 'agent' ? [row] : [])),
    };
  }
  return undefined;
}

/** What the API says of each replica, beside what it is. */
export function replicaTable(journal: Journal): Section | undefined {
  const claims = claimsIn(journal);
  if (!claims || claims.replicas.length === 0) return undefined;
  const { of, replicas } = claims;
  const nodes = [...new Set(replicas.map(({ node }) => node))];
  const routers = [...new Set(replicas.map(({ router }) => router))];
  const head = ['ROUTER', 'WHEN', ...nodes.map((node) => node.toUpperCase())];
  const cell = (router: string, when: (typeof MOMENTS)[number], node: string) => {
    const look = replicas.find((one) => one.router === router && one.when === when && one.node === node);
    if (!look) return '-';
    return isWrong(look) ? `${look.found} (API: ${look.claimed ?? 'none'})` : look.found;
  };
  return {
    title: `Replicas of routers in ${of}: what they were, and where Neutron's API said otherwise`,
    of,
    head,
    align: head.map(() => 'left'),
    rows: routers.flatMap((router) =>
      MOMENTS.map((when) => [router, MOMENT_WORDS[when], ...nodes.map((node) => cell(router, when, node))]),
    ),
    notes: [],
  };
}

/** The agents of which the API said something else than their node shows; undefined where there is none. */
export function agentTable(journal: Journal): Section | undefined {
  const claims = claimsIn(journal);
  const wrong = claims?.agents.filter(({ claimed_alive, runs }) => claimed_alive !== runs) ?? [];
  if (!claims || wrong.length === 0) return undefined;
  const head = ['AGENT', 'NODE', 'WHEN', 'IT', 'API'];
  return {
    title: `Agents in ${claims.of} of which Neutron's API said something else than was so`,
    of: claims.of,
    head,
    align: head.map(() => 'left'),
    rows: wrong.map(({ program, node, when, runs, claimed_alive }) => [
      program,
      node,
      MOMENT_WORDS[when],
      runs ? 'runs' : 'does not run',
      claimed_alive === null ? 'not there' : claimed_alive ? 'alive' : 'dead',
    ]),
    notes: [],
  };
}
