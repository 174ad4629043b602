import { z } from 'zod';
import { formatRange, formatValue } from '../../../journal/format-value.ts';
import type { Journal } from '../../../journal/journal.ts';
import type { Section } from '../../../journal/section.ts';
import { trustedTrials } from '../../../journal/trusted-trials.ts';
import { type RouterRow, routerRowShape } from './router-rows.ts';

const rowsShape = z.array(routerRowShape);
const HEAD = ['ROUTER', 'FROM', 'TO', 'PHASE', 'ALLOWED', 'TAKEOVER', 'SESSIONS', 'OUTAGE', 'LOST'];
const LEFT = 3;

/** A row with the trial that it is of. */
type RowOfTrial = RouterRow & { trial: number };

/** What each of several virtual routers did, fault by fault; undefined where no trial has several. */
export function routerTable(journal: Journal): Section | undefined {
  const all = rowsOf(journal);
  const groups = groupsOf(all);
  if (new Set(all.map(({ router }) => router)).size < 2) return undefined;
  return {
    title: 'Virtual routers, one by one',
    head: HEAD,
    align: HEAD.map((_, at) => (at < LEFT ? 'left' : 'right')),
    rows: groups.map((rows) => lineOf(rows, new Set(all.map(({ fault }) => fault)).size > 1)),
    notes: notesOf(all),
  };
}

/** Which of several routers did worst, and what became of those that no fault touched: a sentence each. */
export function routerHeadline(journal: Journal): string[] {
  const all = rowsOf(journal);
  if (new Set(all.map(({ router }) => router)).size < 2) return [];
  const moved = all.filter((row) => row.to !== undefined || row.unknown !== undefined);
  const [worst] = moved.toSorted((a, b) => badness(b) - badness(a));
  return worst ? [worstSentence(worst, new Set(moved.map(({ router }) => router)).size)] : [];
}

function rowsOf(journal: Journal): RowOfTrial[] {
  return trustedTrials(journal).flatMap(({ index, systems }) =>
    rowsShape.parse(systems?.vrrp ?? []).map((row) => ({ ...row, trial: index })),
  );
}

function groupsOf(all: readonly RowOfTrial[]): RowOfTrial[][] {
  const groups = Map.groupBy(all, ({ fault, router }) => `${fault} ${router}`);
  return [...groups.values()].toSorted((a, b) => a[0]!.fault - b[0]!.fault);
}

/** One that is not known before one that is outside of what is allowed, the farthest first, then the slowest. */
function badness({ unknown, takeover_ms = 0, allowed }: RouterRow): number {
  if (unknown !== undefined) return Infinity;
  const outside = allowed ? Math.max(0, takeover_ms - allowed.high, allowed.low - takeover_ms) : 0;
  return outside * 1e9 + takeover_ms;
}

function worstSentence(worst: RowOfTrial, count: number): string {
  const { router, trial, takeover_ms, allowed, unknown } = worst;
  const of = count === 1 ? 'The router that moved was' : `Of ${count} routers that moved the worst was`;
  if (takeover_ms === undefined)
    return `${of} ${router}, in trial ${trial}: ${unknown ?? 'it was not seen'}.`;
  const bound = allowed ? `, of ${formatRange('_ms', allowed.low, allowed.high)} allowed` : '';
  return `${of} ${router}, in trial ${trial}: it took over after ${formatValue('_ms', takeover_ms)}${bound}.`;
}

function lineOf(rows: readonly RouterRow[], several: boolean): string[] {
  const { router, fault } = rows[0]!;
  const spread = (read: (row: RouterRow) => number | undefined) => {
    const values = rows.flatMap((row) => read(row) ?? []);
    return values.length === 0 ? '' : formatRange('_ms', Math.min(...values), Math.max(...values));
  };
  const sum = (read: (row: RouterRow) => number | undefined) => {
    const values = rows.flatMap((row) => read(row) ?? []);
    return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
  };
  const bounds = rows.flatMap(({ allowed }) => allowed ?? []);
  const sessions = sum((row) => row.sessions);
  return [
    several ? `${router} (fault ${fault})` : router,
    names(rows.map(({ from }) => from ?? '?')),
    names(rows.map(goalOf)),
    spread(({ phase_ms }) => phase_ms),
    bounds.length === 0
      ? ''
      : formatRange(
          '_ms',
          Math.min(...bounds.map((one) => one.low)),
          Math.max(...bounds.map((one) => one.high)),
        ),
    rows.some(({ unknown }) => unknown !== undefined)
      ? 'not known'
      : spread(({ takeover_ms }) => takeover_ms),
    sessions === undefined ? '' : `${sum((row) => row.survived)} of ${sessions}`,
    spread(({ outage_ms }) => outage_ms),
    String(sum(({ lost }) => lost) ?? ''),
  ];
}

function goalOf({ to, touched }: RouterRow): string {
  if (to !== undefined) return to;
  return touched === false ? 'not touched' : '-';
}

function names(all: readonly string[]): string {
  return [...new Set(all)].join(', ');
}

function notesOf(all: readonly RowOfTrial[]): string[] {
  const routers = [...Map.groupBy(all, ({ router }) => router)];
  const whole = routers.filter(([, rows]) => rows.every(({ touched }) => touched === false));
  const faults = new Set(all.map(({ fault }) => fault)).size;
  const unseen = all.filter(({ takeover_by }) => takeover_by === 'garp').map(({ router }) => router);
  const unknown = all.filter((row) => row.unknown !== undefined);
  const missing = all.filter((row) => row.missing_bound !== undefined);
  return [
    ...(whole.length > 0
      ? [`Not touched by ${faults > 1 ? 'any' : 'the'} fault: ${names(whole.map(([router]) => router))}.`]
      : []),
    ...(faults > 1
      ? ['Sessions and lost datagrams are those of the whole trial: they stand beside the first fault.']
      : []),
    ...(unseen.length > 0
      ? [
          `No probe asks through ${names(unseen)}: the takeover is to the address being up and the first gratuitous ARP.`,
        ]
      : []),
    ...new Set(unknown.map(({ router, unknown: why }) => `The takeover of ${router} is not known: ${why}.`)),
    ...new Set(
      missing.map(
        ({ router, missing_bound }) => `What is allowed for ${router} is not known: ${missing_bound}.`,
      ),
    ),
  ];
}
