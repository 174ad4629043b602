import { readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { linearRegression } from 'simple-statistics';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What this process holds, with nothing that could be collected, in bytes. */
export function heldBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Files, sockets and pipes that this process has open. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** The memory of a process that is resident, in bytes (proc(5)). */
export function residentBytes(pid: number | 'self'): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) * 1024;
}

/**
 * How much a figure grows from one sample to the next, by least squares.
 * @param from the first sample that counts: a quarter of them are left out by default.
 */
export function growthOf(samples: readonly number[], from = Math.floor(samples.length / 4)): number {
  const settled = samples.slice(from);
  return linearRegression(settled.map((value, at) => [at, value])).m;
}
