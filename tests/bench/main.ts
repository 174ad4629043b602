/**
 * `npm run bench`: what hadrill costs over what the engine and the protocol cost anyway. Alternating runs in
 * one session, medians of the ratios; one JSON document on stdout. Say `--rounds N` for more than five.
 *
 * deploy_ratio, down_ratio: the whole process of `hadrill up` or `hadrill down`, over the whole process of a
 * script that creates and starts (removes) the same containers in parallel, with no wires.
 * library_deploy_ratio, library_down_ratio: the same inside one running process, without the start of a command.
 * trial_overhead_ratio: time from steady state to steady state of a trial of l3/node-crash, over what the
 * protocol and the drill's holds need.
 * analysis: time and memory for the captures and records of a 60 s trial with probes every millisecond, and for 4 and 16
 * times as many packets. `--analysis` measures nothing else, and needs no engine.
 * dhcp: with `--dhcp` alone, and nothing else then: what the DHCP probe costs beside one dnsmasq with thousands of
 * known ports, and whether it can send three times of what that can serve.
 * scale: with `--scale` alone, and nothing else then: the time to build and to remove labs of 12, 22, 52 and 102 nodes.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { median } from 'simple-statistics';
import { loadDrill } from '../../harness/drill/load-drill.ts';
import { runDrill } from '../../harness/drill/run-drill.ts';
import { connectEngine, type Engine } from '../../harness/engine/connect.ts';
import { PACKAGE_ROOT } from '../../harness/engine/package-root.ts';
import { textTable } from '../../harness/report/text-table.ts';
import { analysisCosts } from './analysis-round.ts';
import { optionsOf } from './bare-containers.ts';
import { dhcpCost } from './dhcp-round.ts';
import { type LibraryRound, libraryRound } from './library-round.ts';
import { scaleCosts } from './scale-round.ts';

const TOPOLOGY = path.join(PACKAGE_ROOT, 'topologies/l3/l3.clab.yml');
const BIN = path.join(PACKAGE_ROOT, 'harness/cli/bin.js');
const BARE_PROCESS = path.join(PACKAGE_ROOT, 'tests/bench/bare-process.js');
const LAB = 'bench-l3';
const BARE = 'bench-bare';

async function timed(program: string, ...args: string[]): Promise<number> {
  const from = performance.now();
  await execa(process.execPath, [program, ...args]);
  return performance.now() - from;
}

async function round(engine: Engine, scratch: string): Promise<LibraryRound> {
  const up_ms = await timed(BIN, 'up', TOPOLOGY, '--name', LAB);
  const options = path.join(scratch, 'containers.json');
  await writeFile(options, JSON.stringify(await optionsOf(engine, LAB, BARE)));
  const down_ms = await timed(BIN, 'down', LAB);
  const bare_start_ms = await timed(BARE_PROCESS, 'start', options);
  const bare_remove_ms = await timed(BARE_PROCESS, 'remove', BARE);
  return { up_ms, bare_start_ms, down_ms, bare_remove_ms };
}

async function trialOverheads(
  engine: Engine,
  scratch: string,
  trials: number,
): Promise<{ ratios: number[]; rss_bytes: number }> {
  const loaded = await loadDrill('l3/node-crash');
  const { journal } = await runDrill(engine, loaded, { trials, seed: 1, out: scratch, keep: false });
  const ratios = [...journal.trials, ...journal.repeated].flatMap(({ metrics }) => {
    const [wall_ms, needed_ms] = [metrics['trial.wall_ms'], metrics['trial.needed_ms']];
    return wall_ms !== undefined && needed_ms ? [wall_ms / needed_ms] : [];
  });
  return { ratios, rss_bytes: process.resourceUsage().maxRSS * 1024 };
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    analysis: { type: 'boolean', default: false },
    dhcp: { type: 'boolean', default: false },
    scale: { type: 'boolean', default: false },
  },
});
if (values.scale) {
  process.stdout.write(`${JSON.stringify({ scale: await scaleCosts(await connectEngine()) }, null, 2)}\n`);
  process.exit();
}
if (values.dhcp) {
  const dhcp = await dhcpCost(await connectEngine());
  const rows = Object.entries(dhcp).map(([name, value]) => [
    name,
    typeof value === 'number' ? String(Number(value.toPrecision(4))) : value,
  ]);
  process.stderr.write(textTable(['dhcp', ''], rows, { right: [1] }));
  process.stdout.write(`${JSON.stringify({ dhcp }, null, 2)}\n`);
  process.exit();
}
const scratch = await mkdtemp(path.join(tmpdir(), 'hadrill-bench-'));
process.stderr.write('analysis\n');
const analysis = await analysisCosts(scratch);
if (values.analysis) {
  await rm(scratch, { recursive: true });
  process.stdout.write(`${JSON.stringify({ analysis }, null, 2)}\n`);
  process.exit();
}
const rounds = Math.max(5, Number(values.rounds) || 5);
const engine = await connectEngine();
process.stderr.write('warming up\n');
await round(engine, scratch);
const measured: LibraryRound[] = [];
const inside: LibraryRound[] = [];
for (let n = 1; n <= rounds; n++) {
  process.stderr.write(`round ${n} of ${rounds}\n`);
  measured.push(await round(engine, scratch));
  inside.push(await libraryRound(engine, TOPOLOGY, LAB, BARE));
}
process.stderr.write('trials\n');
const overheads = await trialOverheads(engine, scratch, rounds);
await rm(scratch, { recursive: true });
const ratio = (rounds: LibraryRound[], over: keyof LibraryRound, under: keyof LibraryRound) =>
  median(rounds.map((one) => one[over] / one[under]));
const result = {
  rounds,
  deploy_ratio: ratio(measured, 'up_ms', 'bare_start_ms'),
  down_ratio: ratio(measured, 'down_ms', 'bare_remove_ms'),
  library_deploy_ratio: ratio(inside, 'up_ms', 'bare_start_ms'),
  library_down_ratio: ratio(inside, 'down_ms', 'bare_remove_ms'),
  trial_overhead_ratio: median(overheads.ratios),
  analysis,
  harness_rss_mb: overheads.rss_bytes / 1e6,
  load: (await readFile('/proc/loadavg', 'utf8')).split(' ').slice(0, 3).map(Number),
  measured,
  inside,
  trial_overhead_ratios: overheads.ratios,
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
