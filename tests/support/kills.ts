import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type Docker from 'dockerode';
import { expect } from 'vitest';
import { freshSeed, type Random, seededRandom } from '../../harness/ground/random.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import { type HadrillProcess, hadrill, startHadrill } from './hadrill.ts';
import { freshName, labContainers, topologyFile } from './labs.ts';
import { createdBy, strayNamespaces, tracesOf } from './machine-traces.ts';
import { killEach, MARK, markedProcesses } from './marked-processes.ts';
import { ProcessorUse } from './processor-use.ts';

/** On an idle machine nothing of a killed command is left then. */
const GONE_MS = 10_000;
/** A machine that others keep busy takes longer to remove what it has just started. */
const GONE_STARVED_MS = 30_000;
const QUIET_MS = 1000;
/** A look at all processes of the machine takes some milliseconds. */
const LOOK_MS = 20;
/** Labs are being built in this time, which is when most can go wrong: so many kills fall into it. */
const BUILDING_MS = 3000;
const BUILDING_SHARE = 0.4;

/** The seed of a hunt: that of the environment, or a fresh one. It is printed, so that the same moments can be tried again. */
function huntSeed(): number {
  const seed = Number(process.env.HADRILL_TEST_SEED ?? freshSeed());
  console.log(`kills at random moments: HADRILL_TEST_SEED=${seed}`);
  return seed;
}

/** A moment in the life of a command, in ms after its start. */
export function randomMoment(random: Random, lasts_ms: number): number {
  const within_ms = random.unit() < BUILDING_SHARE ? Math.min(BUILDING_MS, lasts_ms) : lasts_ms;
  return random.unit() * within_ms;
}

/** @see randomMoment. */
export function huntRandom(): Random {
  return seededRandom(huntSeed());
}

/** A command that was killed, and what it can be told by. */
export interface Killed {
  words: string;
  pid: number;
  at_ms: number;
  /** When it was started, as the engine's events count: s. */
  since_s: number;
  /** What its children are known by, and where it and they put temporary files. */
  mark: string;
  temporary: string;
}

/** Runs a command and kills it so long after its start. */
export function killAt(args: readonly string[], at_ms: number): Promise<Killed> {
  return killWhen(args, () => sleep(at_ms));
}

/** Runs a command and kills it when what is awaited has come. */
export async function killWhen(
  args: readonly string[],
  awaited: (command: HadrillProcess) => Promise<unknown>,
): Promise<Killed> {
  const [mark, since_s] = [freshName('mark'), Math.floor(Date.now() / 1000)];
  const temporary = mkdtempSync(path.join(tmpdir(), 'hadrill-test-'));
  const cache = path.join(tmpdir(), 'node-compile-cache');
  mkdirSync(cache, { recursive: true });
  const start_ms = performance.now();
  const command = startHadrill(args, {
    env: { [MARK]: mark, TMPDIR: temporary, NODE_COMPILE_CACHE: cache },
  });
  const { pid } = command;
  await awaited(command);
  command.signal('SIGKILL');
  const at_ms = performance.now() - start_ms;
  await command.ended;
  const words = `${args.join(' ')}, killed after ${at_ms.toFixed(0)} ms`;
  return { words, pid, at_ms, since_s, mark, temporary };
}

/** Runs `hadrill up` and kills it: nothing is left, unless the lab was up by then. */
export async function killUp(random: Random, lasts_ms: number): Promise<number> {
  const lab = freshName('killed');
  const killed = await killAt(['up', topologyFile('small'), '--name', lab], randomMoment(random, lasts_ms));
  if (await isWhole(lab)) await hadrill(['down', lab]);
  return nothingLeft(killed);
}

/**
 * Runs `hadrill up` and kills it together with everything that it has started, its start guard among it.
 * @returns what is left after 10 s at most, when nothing is under way any more: nodes and the states of their containers.
 */
export async function killUpWithGuard(random: Random, lasts_ms: number): Promise<string[]> {
  const [mark, lab] = [freshName('mark'), freshName('together')];
  const command = startHadrill(['up', topologyFile('small'), '--name', lab], { env: { [MARK]: mark } });
  const at_ms = randomMoment(random, lasts_ms);
  await sleep(Math.max(0, at_ms - LOOK_MS));
  const known = markedProcesses(mark);
  await sleep(Math.min(at_ms, LOOK_MS));
  killEach([command.pid, ...known]);
  // What was started since.
  killEach(markedProcesses(mark));
  await command.ended;
  const states = async () =>
    (await labContainers(lab)).map(
      ({ Labels: { 'hadrill.node': node }, State: state }) => `${node} ${state}`,
    );
  // One that has not been started yet may still be.
  await settled(`${lab} to be gone`, async () => ((await isWhole(lab)) ? [] : states())).catch(
    () => undefined,
  );
  if (await isWhole(lab)) await hadrill(['down', lab]);
  return states();
}

/** A lab of that topology that was up before its command was killed stays. */
async function isWhole(lab: string): Promise<boolean> {
  if ((await labContainers(lab)).length !== 4) return false;
  return (await hadrill(['exec', lab, 'a', '--', 'ping', '-c', '1', '198.18.1.2'])).code === 0;
}

/** Containers that a process has made, by the label that names it. */
export async function madeBy(pid: number): Promise<Docker.ContainerInfo[]> {
  const all = await labContainers('*');
  return all.filter(({ Labels: labels }) => labels['hadrill.owner']?.split(' ')[2] === String(pid));
}

/**
 * How long something took that is to take 10 s at most where the machine is not busy with other things.
 * @param check what is left to be done. What the dead command had asked the engine for may turn up a moment later: it is
 *   done when nothing has been left for a second.
 * @returns ms.
 */
export async function settled(what: string, check: () => Promise<string[]>): Promise<number> {
  const use = ProcessorUse.begin();
  const start_ms = performance.now();
  let left: string[] = [];
  let done_ms = start_ms;
  await waitUntil({
    what,
    timeout_ms: GONE_STARVED_MS,
    interval_ms: 100,
    check: async () => {
      left = await check();
      const now_ms = performance.now();
      if (left.length > 0) done_ms = now_ms;
      return now_ms - done_ms >= QUIET_MS || (done_ms - start_ms > GONE_MS && use.starved() === undefined);
    },
    lastSeen: () => `${left.join(', ')}; ${use.describe()}`,
  });
  const took_ms = done_ms - start_ms;
  expect(left, `${what}, after ${took_ms.toFixed(0)} ms; ${use.describe()}`).toEqual([]);
  if (took_ms > GONE_MS)
    console.log(`${what} took ${took_ms.toFixed(0)} ms on a starved machine: ${use.starved()}`);
  return took_ms;
}

/**
 * Waits until nothing that the killed command made is left: containers, processes (its children, and those in its
 * containers), control groups, network namespaces, temporary files.
 * @param more what else is left of it, where that is not all.
 * @returns ms.
 */
export async function nothingLeft(
  killed: Killed,
  more: () => Promise<string[]> = async () => [],
): Promise<number> {
  const { words, pid, since_s, mark, temporary } = killed;
  let stray: string[] | undefined;
  return settled(`nothing to be left of ${words}`, async () => {
    const left = (await madeBy(pid)).map(({ Names: [name], State: state }) => `${name} (${state})`);
    left.push(...markedProcesses(mark).map((one) => `process ${one}, which it started`));
    left.push(...readdirSync(temporary).map((name) => `${temporary}/${name}`));
    left.push(...(await more()));
    if (left.length > 0) return left;
    left.push(...tracesOf(await createdBy(pid, since_s)));
    // Labs of others come and go: only what is there each time is left.
    const now = await strayNamespaces();
    stray = stray === undefined ? now : stray.filter((one) => now.includes(one));
    return [...left, ...stray];
  }).finally(() => rmSync(temporary, { recursive: true, force: true }));
}

/** Whatever a killed run left in its folder, `hadrill report` can say what it is. */
export async function reportable(out: string): Promise<void> {
  for (const folder of await runFolders(out)) {
    const { code, stdout, stderr } = await hadrill(['report', folder]);
    const files = (await readdir(folder)).join(' ');
    expect(code, `${folder} (${files}): ${stderr}`).toBe(0);
    expect(stdout, folder).toMatch(/^(PASS|FAIL|UNKNOWN) /);
  }
}

/** Folders of runs that noted that they began. */
async function runFolders(out: string): Promise<string[]> {
  const logs = (await readdir(out, { recursive: true })).filter(
    (file) => path.basename(file) === 'events.jsonl',
  );
  const began = await Promise.all(
    logs.map(async (file) => (await readFile(path.join(out, file))).length > 0),
  );
  return logs.filter((_, at) => began[at]).map((file) => path.join(out, path.dirname(file)));
}
