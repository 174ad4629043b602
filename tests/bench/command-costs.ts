import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { writePairs } from '../../harness/calibration/many-pairs.ts';
import { PACKAGE_ROOT } from '../../harness/engine/package-root.ts';

const BIN = path.join(PACKAGE_ROOT, 'harness/cli/bin.js');
const AT_EXIT = new URL('cpu-at-exit.js', import.meta.url).href;
/** The first runs fill the cache of compiled code. */
const RUNS = 8;
/** Of a lab with a hundred routers. */
const PAIRS = 50;

export interface CommandCost {
  /** Of processor time and of the clock, the least of the runs: others take time, none gives some. */
  cpu_ms: number;
  wall_ms: number;
  rss_mb: number;
}

/** What short commands cost, from the bundle that a set-up makes. */
export async function commandCosts(): Promise<Record<string, CommandCost>> {
  await execa(process.execPath, [path.join(PACKAGE_ROOT, 'harness/setup/bundle.ts'), '--if-stale']);
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-bench-'));
  const drill = await writePairs(folder, PAIRS);
  const commands = {
    '--help': ['--help'],
    'list --json': ['list', '--json'],
    ps: ['ps'],
    'run --dry-run, 2 routers': ['run', 'l3/node-crash', '--dry-run'],
    [`run --dry-run, ${2 * PAIRS} routers`]: ['run', drill, '--dry-run'],
  };
  const costs: Record<string, CommandCost> = {};
  for (const [name, args] of Object.entries(commands)) costs[name] = await costOf(args);
  await rm(folder, { recursive: true });
  return costs;
}

async function costOf(args: readonly string[]): Promise<CommandCost> {
  const seen: CommandCost[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const from = performance.now();
    const { stdio } = await execa(process.execPath, ['--import', AT_EXIT, BIN, ...args], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const wall_ms = performance.now() - from;
    const cost = JSON.parse(String(stdio[3])) as Pick<CommandCost, 'cpu_ms' | 'rss_mb'>;
    seen.push({ ...cost, wall_ms });
  }
  return {
    cpu_ms: Math.min(...seen.map(({ cpu_ms }) => cpu_ms)),
    wall_ms: Math.min(...seen.map(({ wall_ms }) => wall_ms)),
    rss_mb: Math.max(...seen.map(({ rss_mb }) => rss_mb)),
  };
}
