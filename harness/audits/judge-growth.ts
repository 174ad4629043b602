import type { Audited } from '../systems/audit.ts';

export const NO_GROWTH = 'no-growth';

/** Fewer say nothing: a daemon takes what it needs in its first trials. */
const LEAST_TRIALS = 8;
/** Trials in which it may take what it likes. */
const WARM_UP = 2;
/** What it may take more of afterwards, whatever it did. */
const MOST_DESCRIPTORS = 10;
const MOST_BYTES = 8 << 20;
const MOST_SHARE = 0.5;
const MIB = 1 << 20;

/** What one process had at the end of a trial. */
export interface Held {
  open: number;
  resident_bytes: number;
}

/** One process of a daemon, at the end of each trial that it has lived through. */
export interface Life {
  /** `conntrackd of r1 (process 812)`. */
  what: string;
  held: readonly Held[];
}

/** From the most that it had in the first third of the trials to the least in the last: what only comes and goes is none. */
interface Growth {
  from: number;
  to: number;
}

/** Whether daemons keep taking more, as notes. Nothing while no process lived long enough. */
export function judgeGrowth(lives: readonly Life[]): Audited[] {
  const judged = lives.filter(({ held }) => held.length >= LEAST_TRIALS);
  if (judged.length === 0) return [];
  const notes = judged.flatMap((life) => [...descriptorWords(life), ...memoryWords(life)]);
  const most = Math.max(...judged.map(({ held }) => held.length));
  const found = notes.length > 0 ? notes.length : 'none';
  const detail = `${judged.length} processes of daemons in up to ${most} trials, ${found} with growth to note`;
  return [{ name: NO_GROWTH, verdict: 'pass', detail, notes }];
}

function growthOf(samples: readonly number[]): Growth {
  const settled = samples.slice(WARM_UP);
  const third = Math.floor(settled.length / 3);
  return { from: Math.max(...settled.slice(0, third)), to: Math.min(...settled.slice(-third)) };
}

function descriptorWords({ what, held }: Life): string[] {
  const { from, to } = growthOf(held.map(({ open }) => open));
  if (to - from <= MOST_DESCRIPTORS) return [];
  return [`${what} has ${to} descriptors open, and had ${from}: ${held.length} trials`];
}

function memoryWords({ what, held }: Life): string[] {
  const { from, to } = growthOf(held.map(({ resident_bytes }) => resident_bytes));
  if (to - from <= Math.max(MOST_BYTES, from * MOST_SHARE)) return [];
  const [now, then] = [to, from].map((bytes) => (bytes / MIB).toFixed(1));
  return [`${what} has ${now} MiB of memory in use, and had ${then} MiB: ${held.length} trials`];
}
