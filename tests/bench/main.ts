/**
 * `npm run bench`: what hadrill costs over what the engine and the protocol cost anyway, on one JSON document on stdout.
 * Times of the clock hold on a quiet machine alone: `load` says whether it was one. About four minutes.
 *
 * commands: the least processor time, time and memory of short commands, with the bundle that a set-up makes.
 * sizes: images, and packages that an installation brings.
 * analysis: time and memory for the captures and records of a 60 s trial with probes every millisecond, and for 4 and 16
 * times as many packets.
 * ratios: medians of alternating runs. `deploy_ratio`, `down_ratio`: the whole process of `hadrill up` or `hadrill down`,
 * over the whole process of a script that creates and starts (removes) the same containers in parallel, with no wires.
 * `library_…`: the same inside one running process, without the start of a command.
 * trials: of l3/node-crash, the time from steady state to steady state over what the protocol and the drill's holds need,
 * trials in an hour, room for the records of one, memory.
 *
 * Only where asked for:
 * `--scale`: the time to build and to remove labs of 12, 22, 52 and 102 nodes; another two minutes.
 * `--peer PATH`: `hadrill up` over `containerlab deploy` of the same files without a management network, with a program of
 * your own; two minutes.
 * `--sessions`: 10,000 and 50,000 TCP sessions through one pair of routers, of which one crashes: survivors, time, memory.
 * `--routers`: labs of 5, 10, 25 and 50 HA routers on two hosts: time to build, memory of a node, and when the addresses
 * of a crashed host are taken over; eight minutes.
 * `--dhcp`: what the DHCP probe costs beside one dnsmasq with thousands of known ports, and whether it can send three
 * times of what that can serve.
 * `--only NAME,…`: these alone. `--rounds N`: of ratios, trials and the peer; default: 5.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import { connectEngine, type Engine } from '../../harness/engine/connect.ts';
import { PACKAGE_ROOT } from '../../harness/engine/package-root.ts';
import { messageOf } from '../../harness/ground/errors.ts';
import { analysisCosts } from './analysis-round.ts';
import { commandCosts } from './command-costs.ts';
import { commandRound } from './command-round.ts';
import { dhcpCost } from './dhcp-round.ts';
import { type LibraryRound, libraryRound } from './library-round.ts';
import { peerCosts } from './peer-round.ts';
import { routersCosts } from './routers-round.ts';
import { scaleCosts } from './scale-round.ts';
import { sessionsCosts } from './sessions-round.ts';
import { sizes } from './sizes.ts';
import { trialCosts } from './trial-round.ts';

const TOPOLOGY = path.join(PACKAGE_ROOT, 'topologies/l3/l3.clab.yml');
const LAB = 'bench-l3';
const BARE = 'bench-bare';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    scale: { type: 'boolean', default: false },
    dhcp: { type: 'boolean', default: false },
    sessions: { type: 'boolean', default: false },
    routers: { type: 'boolean', default: false },
    peer: { type: 'string' },
  },
});
const rounds = Math.max(1, Number(values.rounds) || 5);

async function ratios(engine: Engine, scratch: string) {
  const round = () => commandRound(engine, TOPOLOGY, LAB, BARE, scratch);
  await round();
  const measured: LibraryRound[] = [];
  const inside: LibraryRound[] = [];
  for (let n = 1; n <= rounds; n++) {
    process.stderr.write(`  round ${n} of ${rounds}\n`);
    measured.push(await round());
    inside.push(await libraryRound(engine, TOPOLOGY, LAB, BARE));
  }
  const ratio = (made: LibraryRound[], over: keyof LibraryRound, under: keyof LibraryRound) =>
    median(made.map((one) => one[over] / one[under]));
  return {
    deploy_ratio: ratio(measured, 'up_ms', 'bare_start_ms'),
    down_ratio: ratio(measured, 'down_ms', 'bare_remove_ms'),
    library_deploy_ratio: ratio(inside, 'up_ms', 'bare_start_ms'),
    library_down_ratio: ratio(inside, 'down_ms', 'bare_remove_ms'),
    measured,
    inside,
  };
}

/** What there is to measure, in the order in which it is. */
const PARTS: Record<string, { always: boolean; measure: (scratch: string) => Promise<object> }> = {
  commands: { always: true, measure: commandCosts },
  sizes: { always: true, measure: async () => sizes(await connectEngine()) },
  analysis: { always: true, measure: analysisCosts },
  ratios: { always: true, measure: async (scratch) => ratios(await connectEngine(), scratch) },
  trials: { always: true, measure: (scratch) => trialCosts(scratch, rounds) },
  scale: { always: values.scale, measure: async () => scaleCosts(await connectEngine()) },
  sessions: {
    always: values.sessions,
    measure: async (scratch) => sessionsCosts(await connectEngine(), scratch),
  },
  routers: { always: values.routers, measure: async () => routersCosts(await connectEngine()) },
  dhcp: { always: values.dhcp, measure: async () => dhcpCost(await connectEngine()) },
  peer: { always: values.peer !== undefined, measure: () => peerCosts(values.peer!, rounds) },
};

const only = values.only?.split(',');
const unknown = only?.filter((name) => !(name in PARTS)) ?? [];
if (unknown.length > 0) throw new Error(`--only: ${unknown}: there are ${Object.keys(PARTS)}`);
if (only?.includes('peer') && values.peer === undefined) throw new Error('--peer PATH: which program?');
const result: Record<string, unknown> = {};
for (const [name, { always, measure }] of Object.entries(PARTS)) {
  if (!(only?.includes(name) ?? always)) continue;
  process.stderr.write(`${name}\n`);
  const scratch = await mkdtemp(path.join(tmpdir(), 'hadrill-bench-'));
  try {
    result[name] = await measure(scratch);
  } catch (error) {
    // What was measured before stays.
    result[name] = { failed: messageOf(error) };
    process.exitCode = 1;
  }
  await rm(scratch, { recursive: true });
}
result.load = (await readFile('/proc/loadavg', 'utf8')).split(' ').slice(0, 3).map(Number);
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
