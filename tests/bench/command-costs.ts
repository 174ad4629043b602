import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writePairs } from '../../harness/calibration/many-pairs.ts';
import { type CommandCost, makeBundle, measuredCommand } from './measured-command.ts';

/** The first runs fill the cache of compiled code. */
const RUNS = 8;
/** Of a lab with a hundred routers. */
const PAIRS = 50;

/** What short commands cost: of processor time and of the clock the least of the runs, for others take time, none gives some. */
export async function commandCosts(): Promise<Record<string, CommandCost>> {
  await makeBundle();
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
  for (let run = 0; run < RUNS; run += 1) seen.push(await measuredCommand(args));
  return {
    cpu_ms: Math.min(...seen.map(({ cpu_ms }) => cpu_ms)),
    wall_ms: Math.min(...seen.map(({ wall_ms }) => wall_ms)),
    rss_mb: Math.max(...seen.map(({ rss_mb }) => rss_mb)),
  };
}
