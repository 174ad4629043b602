import { z } from 'zod';
import { formatValue } from '../../../journal/format-value.ts';
import type { Journal, Trial } from '../../../journal/journal.ts';
import type { Section } from '../../../journal/section.ts';
import { trustedTrials } from '../../../journal/trusted-trials.ts';
import { MOMENT_WORDS } from '../../moment-words.ts';
import type { PairRow } from './cut-pairs.ts';
import { NAME } from './l2-facts.ts';
import { l2Row, type StateRow } from './switch-rows.ts';

const rowsShape = z.array(l2Row);

/** The first trial that says something of switches, with what it says. */
function firstWith(journal: Journal): { trial: Trial; pairs: PairRow[]; states: StateRow[] } | undefined {
  for (const trial of trustedTrials(journal)) {
    const rows = rowsShape.parse(trial.systems?.[NAME] ?? []);
    if (rows.length === 0) continue;
    return {
      trial,
      pairs: rows.flatMap((row) => (row.kind === 'pair' ? [row] : [])),
      states: rows.flatMap((row) => (row.kind === 'state' ? [row] : [])),
    };
  }
  return undefined;
}

const PAIR_HEAD = ['FROM', 'TO', 'PROBE', 'ACROSS', 'ESTABLISHED', 'NEW FLOWS', 'LOST'];

/** Who lost what, and for how long: the blast radius. */
export function blastRadius(journal: Journal): Section | undefined {
  const found = firstWith(journal);
  if (!found || found.pairs.length === 0) return undefined;
  const { trial, pairs } = found;
  const of = `trial ${trial.index}`;
  return {
    title: `Blast radius in ${of}: who lost what, and for how long`,
    of,
    head: PAIR_HEAD,
    align: ['left', 'left', 'left', 'left', 'right', 'right', 'right'],
    rows: pairs.map(({ from, to, probe, across, established_ms, new_ms, lost, open }) => [
      from,
      to,
      probe,
      across.join(', ') || 'no switch',
      durationText(established_ms, open),
      durationText(new_ms, open),
      lost === null ? '-' : String(lost),
    ]),
    notes: [],
  };
}

function durationText(ms: number | null, open: boolean): string {
  if (ms === null) return '-';
  if (ms === 0) return 'nothing';
  return `${formatValue('outage_ms', ms)}${open ? ', open' : ''}`;
}

const STATE_HEAD = ['SWITCH', 'WHEN', 'DATAPATH', 'DAEMONS', 'FLOWS', 'COOKIES', 'PORTS', 'NOT WIRED'];

/** What the switches had, before the fault, before healing and at the end. */
export function switchTable(journal: Journal): Section | undefined {
  const found = firstWith(journal);
  if (!found || found.states.length === 0) return undefined;
  const of = `trial ${found.trial.index}`;
  return {
    title: `What the switches had in ${of}`,
    of,
    head: STATE_HEAD,
    align: ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'left'],
    rows: found.states.map((row) => [
      row.switch,
      MOMENT_WORDS[row.when],
      row.datapath ?? 'not known',
      daemonWords(row),
      ...[row.flows, row.cookies, row.ports].map((value) => (value === null ? 'no answer' : String(value))),
      row.unwired.join(', ') || '-',
    ]),
    notes: [],
  };
}

function daemonWords({ daemons, restarted }: StateRow): string {
  const words = Object.entries(daemons).flatMap(([name, word]) => {
    if (word !== 'runs') return [`${name}: ${word}`];
    return restarted.includes(name) ? [`${name}: another process`] : [];
  });
  return words.join(', ') || 'all run';
}

const CONSEQUENCES: Readonly<Record<string, string>> = {
  netdev:
    "in user space: it is a part of ovs-vswitchd, and frames stop with it; the kernel's would forward on what it has cached",
  bridge:
    "the kernel's bridges, one for each network: they forward, and learn addresses, with no daemon; of what is wired a dead agent costs nothing, and only a new port waits for it",
  system: "the kernel's: what it has cached is forwarded without ovs-vswitchd, new flows are not",
};

/** The datapath of every switch, and what follows from it: one sentence for each kind. */
function datapathNotes(states: readonly StateRow[]): string[] {
  const kinds = Map.groupBy(states, ({ datapath }) => datapath);
  return [...kinds].flatMap(([datapath, rows]) => {
    if (datapath === null) return [];
    const switches = [...new Set(rows.map((row) => row.switch))].join(', ');
    return [
      `The datapath of ${switches} is ${datapath}, ${CONSEQUENCES[datapath] ?? 'which is not known here'}.`,
    ];
  });
}

/** Where the switches of a run forward; with the findings of a report. Whether a trial can be trusted does not change it. */
export function datapathSentences({ trials }: Journal): string[] {
  const rows = trials.flatMap(({ systems }) => rowsShape.parse(systems?.[NAME] ?? []));
  return datapathNotes(rows.flatMap((row) => (row.kind === 'state' ? [row] : [])));
}
