import path from 'node:path';
import { execa } from 'execa';
import { PACKAGE_ROOT } from '../../harness/engine/package-root.ts';

const BIN = path.join(PACKAGE_ROOT, 'harness/cli/bin.js');
const AT_EXIT = new URL('cpu-at-exit.js', import.meta.url).href;

export interface CommandCost {
  cpu_ms: number;
  wall_ms: number;
  /** The most memory that it had. */
  rss_mb: number;
}

/** Runs `hadrill` with these arguments, from the bundle that a set-up makes, and says what the whole process took. */
export async function measuredCommand(args: readonly string[]): Promise<CommandCost> {
  const from = performance.now();
  const { stdio } = await execa(process.execPath, ['--import', AT_EXIT, BIN, ...args], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const wall_ms = performance.now() - from;
  const { cpu_ms, rss_mb } = JSON.parse(String(stdio[3])) as Omit<CommandCost, 'wall_ms'>;
  return { cpu_ms, wall_ms, rss_mb };
}

/** Brings the bundle up to date. */
export async function makeBundle(): Promise<void> {
  await execa(process.execPath, [path.join(PACKAGE_ROOT, 'harness/setup/bundle.ts'), '--if-stale']);
}
