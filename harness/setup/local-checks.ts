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

const STEAL_LIMIT = 0.05;

/**
 * The share of processor time that a hypervisor took from this machine since it started: it widens every
 * number that is measured. `undefined` where the kernel does not report it.
 * @param text of /proc/stat, proc_stat(5)
 */
export function stealCheck(text: string): Check | undefined {
  const times = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ').map(Number);
  const steal = times?.[7];
  // guest and guest_nice, after steal, are part of user and nice already.
  const total = times?.slice(0, 8).reduce((sum, time) => sum + time, 0);
  if (steal === undefined || !total) return undefined;
  const detail = `${((100 * steal) / total).toFixed(1)} % of the processor time since the start`;
  if (steal / total <= STEAL_LIMIT) return { name: 'steal', status: 'ok', detail };
  const remedy = 'measure on a machine that is not shared, or expect wider error bounds';
  return { name: 'steal', status: 'limited', detail, remedy };
}
