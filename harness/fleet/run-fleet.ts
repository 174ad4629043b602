import path from 'node:path';
import { EnvironmentError, HadrillError, InputError, messageOf } from '../ground/errors.ts';
import { sleep } from '../ground/wait.ts';
import { awaitTask, type TaskEnd } from './await-task.ts';
import { awayOf, type FleetNode } from './choose-nodes.ts';
import type { Fleet } from './fleet.ts';
import { unpackFolder } from './folder-archive.ts';
import { bytesOf } from './frames.ts';
import { engineOf, type FleetFiles, TASK_FILES } from './service-spec.ts';
import { type Leased, ShardLease } from './shard-lease.ts';
import { TaskVoice } from './task-voice.ts';

const PAUSE_MS = 1000;
/** How often results are asked for that are not whole, and how long is waited between. */
const READINGS = 5;
const READ_AGAIN_MS = 3000;
/** What a task ends with that was stopped or killed: its node was drained, or its engine ended. */
const STOPPED = [130, 137, 143];
const BAD_INPUT = 2;
/** Where a task keeps its results on its node: in its container, which ends with its service. */
export const TASK_RESULTS = '/results';

/** A run, cut into shards. */
export interface FleetRun {
  shards: number;
  /** Options of `hadrill run`, without shard, engines and folder for results. */
  args: readonly string[];
  /** `NAME=VALUE` for its variables. */
  env: readonly string[];
  /** Drills that are not shipped, and what belongs to them, as `carriedFiles` packs it. */
  files: Buffer | undefined;
  /** For people: the drills. */
  what: string;
  /** Folder that the shards are brought home to: `shard-1`, … */
  home: string;
  /** How long a node that is lost is awaited. */
  away_ms: number;
}

/**
 * Makes all shards of a run on the nodes of a fleet, each by a service of its own, and brings them home. A shard whose node is
 * lost is made on another one.
 * @returns which shards are not there, each with why; none when all are.
 * @throws InputError for what every node would refuse; as `Patience.with`.
 */
export async function runFleet(fleet: Fleet, run: FleetRun): Promise<{ shard: number; why: string }[]> {
  const { swarm, patience, id } = fleet;
  const files = run.files && (await patience.with(() => swarm.putFiles(id, run.files!)));
  const lease = new ShardLease(run.shards);
  const working = new Set(fleet.nodes.map(({ name }) => name));
  const stop = new AbortController();
  const signal = AbortSignal.any([fleet.signal, stop.signal]);
  const crew = fleet.nodes.map((node) =>
    new Worker({ ...fleet, signal }, { ...run, files }, lease, node, working)
      .work()
      .catch((error: unknown) => {
        // What ends one ends all: nothing is made any more.
        stop.abort(error);
        throw error;
      }),
  );
  await Promise.allSettled(crew);
  signal.throwIfAborted();
  return lease.missing;
}

/** A run, with its files where tasks can have them. */
type ReadyRun = Omit<FleetRun, 'files'> & { files: FleetFiles | undefined };

/** A node, while it makes shards. */
class Worker {
  readonly #fleet: Fleet;
  readonly #run: ReadyRun;
  readonly #lease: ShardLease;
  readonly #node: FleetNode;
  readonly #working: Set<string>;

  constructor(fleet: Fleet, run: ReadyRun, lease: ShardLease, node: FleetNode, working: Set<string>) {
    this.#fleet = fleet;
    this.#run = run;
    this.#lease = lease;
    this.#node = node;
    this.#working = working;
  }

  async work(): Promise<void> {
    const { signal } = this.#fleet;
    while (this.#lease.unfinished) {
      const { name } = this.#node;
      const others = [...this.#working].filter((other) => other !== name);
      const leased = this.#lease.next(name, others);
      if (!leased) await sleep(PAUSE_MS, signal);
      else if (!(await this.#make(leased)) && !(await this.#comeBack())) break;
    }
    this.#working.delete(this.#node.name);
  }

  /** @returns whether the node can make another one at once. */
  async #make(leased: Leased): Promise<boolean> {
    const { swarm, patience, look, signal } = this.#fleet;
    const node = this.#node;
    const service = await this.#start(leased);
    const voice = new TaskVoice(swarm, service, (line) => this.#say(leased, line));
    try {
      const end = await awaitTask({ swarm, look, service, node, signal, onRunning: () => voice.listen() });
      if (end.how === 'lost') return this.#lost(leased, end.why);
      await voice.rest();
      if (end.how === 'failed') return this.#failed(leased, end, voice.last);
      const why = await this.#bringHome(leased, service);
      if (why !== undefined) return this.#lost(leased, why);
      this.#lease.done(leased.shard);
      this.#say(leased, 'its results are home');
      return true;
    } finally {
      // On the way out of an interrupted run all services are removed together, and what goes wrong then is said.
      if (!signal.aborted) await patience.with(() => swarm.remove(service));
    }
  }

  #start({ shard, attempt }: Leased): Promise<string> {
    const { swarm, patience, id, image } = this.#fleet;
    const { shards, args, env, what, files } = this.#run;
    const node = this.#node;
    this.#say({ shard, attempt }, attempt === 1 ? 'begins' : `begins again (${attempt})`);
    const more = ['--shard', `${shard}/${shards}`, '--engines', engineOf(node), '--out', TASK_RESULTS];
    const task = {
      name: `hadrill-${id}-shard-${shard}-${attempt}`,
      ...{ fleet: id, node, image, env, files },
      does: 'shard' as const,
      what: `${shard}/${shards} of ${what}`,
      args: ['fleet', 'send', ...(files ? ['--files', TASK_FILES] : []), '--', ...args, ...more],
    };
    return patience.with(() => swarm.start(task));
  }

  /** @returns why the results are not there; undefined when they are. */
  async #bringHome({ shard }: Leased, service: string): Promise<string | undefined> {
    const { swarm, patience, signal } = this.#fleet;
    let why = '';
    for (let reading = 1; reading <= READINGS; reading += 1) {
      if (reading > 1) await sleep(READ_AGAIN_MS, signal);
      try {
        const bytes = bytesOf(await patience.with(() => swarm.log(service, 'stdout')));
        if (typeof bytes !== 'string') {
          await unpackFolder(bytes, path.join(this.#run.home, `shard-${shard}`));
          return undefined;
        }
        why = bytes;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof HadrillError)) throw error;
        why = messageOf(error);
      }
    }
    return why;
  }

  /** The node is away: whether it comes back is seen later. */
  #lost(leased: Leased, why: string): false {
    this.#say(leased, `is lost, and is made again: ${why}`);
    this.#lease.lost(leased.shard, why);
    return false;
  }

  #failed(leased: Leased, { status, why }: TaskEnd & { how: 'failed' }, said: readonly string[]): boolean {
    const words = said.length > 0 ? said.join('\n') : why;
    if (status === BAD_INPUT) throw new InputError(`node '${this.#node.name}': ${words}`);
    if (status !== undefined && STOPPED.includes(status))
      return this.#lost(leased, `its task was stopped (${status})`);
    this.#say(leased, `cannot be made here, and this node makes no other: ${words}`);
    this.#lease.lost(leased.shard, words);
    this.#working.delete(this.#node.name);
    return false;
  }

  /** @returns whether the node makes shards again. */
  async #comeBack(): Promise<boolean> {
    const { look, signal } = this.#fleet;
    if (!this.#working.delete(this.#node.name)) return false;
    const until_ms = performance.now() + this.#run.away_ms;
    while (this.#lease.unfinished && performance.now() < until_ms) {
      const node = (await look.now()).nodes.find(({ ID: id }) => id === this.#node.id);
      if (node && awayOf(node) === undefined) {
        this.#working.add(this.#node.name);
        return true;
      }
      await sleep(PAUSE_MS, signal);
    }
    return false;
  }

  #say({ shard }: Leased, line: string): void {
    const { name } = this.#node;
    // Its lines begin with the name of its engine, which is that of the node.
    const rest = line.startsWith(`${name}: `) ? line.slice(name.length + 2) : line;
    this.#fleet.say(`${name}: shard ${shard}/${this.#run.shards}: ${rest}`);
  }
}

/** @throws EnvironmentError that names the shards that are missing, where there are any. */
export function refuseMissing(missing: readonly { shard: number; why: string }[]): void {
  if (missing.length === 0) return;
  const each = missing.map(({ shard, why }) => `shard ${shard}: ${why}`);
  throw new EnvironmentError(['not all shards could be made', ...each].join('\n'), {
    remedy: '`hadrill fleet up` says what the nodes lack',
  });
}
