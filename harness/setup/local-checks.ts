import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { versionAtLeast } from '../engine/least-version.ts';
import { PACKAGE_ROOT } from '../engine/package-root.ts';
import type { Check } from './check.ts';

const NODE_LEAST = [22, 18];

/** The Node.js that runs this. */
export function nodeCheck(version: string = process.versions.node): Check {
  if (versionAtLeast(version, NODE_LEAST)) return { name: 'node', status: 'ok', detail: version };
  const remedy = 'use `npx hadrill`, which finds the pinned one, or install a newer Node.js';
  return {
    name: 'node',
    status: 'missing',
    detail: `${version}; ${NODE_LEAST.join('.')} or newer is needed`,
    remedy,
  };
}

/** Every library that package.json names can be found, and a checkout's are not older than its lock file. */
export async function dependenciesCheck(root: string = PACKAGE_ROOT): Promise<Check> {
  const name = 'dependencies';
  const file = path.join(root, 'package.json');
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
    await readFile(file, 'utf8'),
  );
  const wanted = Object.keys(dependencies);
  const lacking = wanted.filter((library) => !isInstalled(library, file));
  const remedy = 'run `npm run setup`';
  if (lacking.length > 0)
    return { name, status: 'missing', detail: `not installed: ${lacking.join(', ')}`, remedy };
  const lock = path.join(root, 'package-lock.json');
  const note = path.join(root, 'node_modules/.package-lock.json');
  if (existsSync(lock) && existsSync(note) && (await stat(lock)).mtimeMs > (await stat(note)).mtimeMs) {
    return { name, status: 'limited', detail: 'older than package-lock.json', remedy };
  }
  return { name, status: 'ok', detail: `${wanted.length} libraries` };
}

function isInstalled(library: string, from: string): boolean {
  try {
    return findPackageJSON(library, pathToFileURL(from)) !== undefined;
  } catch {
    return false;
  }
}

/** A larger share of the processor time makes numbers worse. */
export const STEAL_LIMIT = 0.05;
/** Of the line `cpu` in /proc/stat, proc_stat(5); guest and guest_nice, which follow, are part of user and nice already. */
const TICKS = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
type TickKind = (typeof TICKS)[number];

/**
 * The share of the processor time of these kinds between two lines `cpu` of /proc/stat.
 * @returns undefined where the kernel does not report them, or no time has passed.
 */
export function shareOf(first: string, last: string, kinds: readonly TickKind[]): number | undefined {
  const [before, after] = [ticksIn(first), ticksIn(last)];
  const passed = TICKS.map((_, at) => (after[at] ?? Number.NaN) - (before[at] ?? 0));
  const total = passed.reduce((sum, time) => sum + time, 0);
  const wanted = kinds.reduce((sum, kind) => sum + passed[TICKS.indexOf(kind)]!, 0);
  return total > 0 ? wanted / total : undefined;
}

function ticksIn(text: string): number[] {
  return (/^cpu +(.*)$/m.exec(text)?.[1] ?? '').split(' ').map(Number);
}

/**
 * The share of processor time that a hypervisor took from this machine since it started: it widens every
 * number that is measured. `undefined` where the kernel does not report it.
 * @param text of /proc/stat, proc_stat(5)
 */
export function stealCheck(text: string): Check | undefined {
  const steal = shareOf('', text, ['steal']);
  if (steal === undefined) return undefined;
  const detail = `${(100 * steal).toFixed(1)} % of the processor time since the start`;
  if (steal <= STEAL_LIMIT) return { name: 'steal', status: 'ok', detail };
  const remedy = 'measure on a machine that is not shared, or expect wider error bounds';
  return { name: 'steal', status: 'limited', detail, remedy };
}
