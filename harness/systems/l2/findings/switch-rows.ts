import { z } from 'zod';
import { pairRow } from './cut-pairs.ts';
import { DAEMONS, type Daemon } from './daemon-loss.ts';
import type { L2Facts, SwitchFacts, SwitchLook } from './l2-facts.ts';
import { datapathOf, unwired } from './switch-state.ts';

const DAEMON_WORDS = ['runs', 'stopped', 'none'] as const;

/** What a switch had at a moment, for a report's table. */
const stateRow = z.object({
  when: z.enum(['before', 'during', 'after']),
  switch: z.string(),
  /** null: not known. */
  datapath: z.string().nullable(),
  daemons: z.record(z.string(), z.enum(DAEMON_WORDS)),
  /** Daemons that have another process than before the fault. */
  restarted: z.array(z.string()),
  /** null: it did not answer. */
  flows: z.int().nullable(),
  cookies: z.int().nullable(),
  ports: z.int().nullable(),
  unwired: z.array(z.string()),
});
export type StateRow = z.infer<typeof stateRow>;

/** A row of the system in the journal. */
export const l2Row = z.discriminatedUnion('kind', [
  pairRow.extend({ kind: z.literal('pair') }),
  stateRow.extend({ kind: z.literal('state') }),
]);
export type L2Row = z.infer<typeof l2Row>;

/** Switch by switch, in order of time. */
export function stateRows(facts: L2Facts): L2Row[] {
  return facts.switches.flatMap((one) => {
    const own = facts.looks.filter(({ node }) => node === one.node);
    const before = own.find(({ when }) => when === 'before');
    return own.map((look): L2Row => {
      const wanted = daemonsOf(one.settings);
      const answered = look.kernel_bridges
        ? look.database !== null
        : look.flows.every(({ trouble }) => trouble === undefined) && look.flows.length > 0;
      const counts = look.flows.map((bridge) => bridge.counted ?? bridge.flows.length);
      const listed = look.flows.every(({ counted }) => counted === undefined);
      return {
        kind: 'state',
        when: look.when,
        switch: one.node,
        datapath: datapathOf(one, look) ?? null,
        daemons: Object.fromEntries(wanted.map((daemon) => [DAEMONS[daemon], wordOf(look, daemon)])),
        restarted: wanted.map((daemon) => DAEMONS[daemon]).filter((name) => isAnother(before, look, name)),
        flows: answered ? counts.reduce((sum, count) => sum + count, 0) : null,
        cookies: answered && listed ? new Set(look.flows.flatMap(({ cookies }) => cookies)).size : null,
        ports: look.database ? look.database.ports.filter(({ vlan }) => vlan !== null).length : null,
        unwired: unwired(look).map(({ name }) => name),
      };
    });
  });
}

function daemonsOf({ controller, datapath }: SwitchFacts['settings']): Daemon[] {
  if (datapath === 'bridge') return ['agent'];
  return [controller ? 'controller' : 'agent', 'vswitchd', 'ovsdb'];
}

function wordOf({ daemons }: SwitchLook, daemon: Daemon): (typeof DAEMON_WORDS)[number] {
  const processes = daemons[DAEMONS[daemon]] ?? [];
  if (processes.length === 0) return 'none';
  return processes.some(({ stopped }) => stopped) ? 'stopped' : 'runs';
}

function isAnother(before: SwitchLook | undefined, now: SwitchLook, name: string): boolean {
  const pids = new Set(before?.daemons[name]?.map(({ pid }) => pid));
  return before !== undefined && (now.daemons[name] ?? []).some(({ pid }) => !pids.has(pid));
}
