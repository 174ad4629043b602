import { EnvironmentError } from '../ground/errors.ts';
import { sleep } from '../ground/wait.ts';
import { awayOf, type FleetNode } from './choose-nodes.ts';
import type { Swarm } from './swarm.ts';
import type { Look, SwarmLook } from './swarm-look.ts';
import { taskState, waitingFor } from './task-state.ts';

const PAUSE_MS = 1000;
/** A node that the swarm says is down may be back in a moment, and its task with it. */
const LOST_MS = 20_000;
/** Until a task runs: an image from a registry is fetched in that time. */
const BEGIN_MS = 300_000;
/** A service has its task in no time, unless somebody has removed it. */
const NO_TASK_MS = 15_000;

/** How a task came to its end. */
export type TaskEnd =
  | { how: 'done' }
  | { how: 'failed'; status: number | undefined; why: string }
  | { how: 'lost'; why: string };

/** A service, the node of its task, and whom to ask. */
export interface Awaited {
  swarm: Swarm;
  look: SwarmLook;
  service: string;
  node: FleetNode;
  signal: AbortSignal;
  /** Called at each look while the task runs. */
  onRunning?: () => void;
}

/**
 * Waits until a task has ended, or its node is lost.
 * @throws EnvironmentError when somebody else has removed its service; as `Patience.with`.
 */
export async function awaitTask({
  swarm,
  look,
  service,
  node,
  signal,
  onRunning,
}: Awaited): Promise<TaskEnd> {
  const watch = new TaskWatch(service, node);
  for (;;) {
    const seen = await look.now();
    const end = watch.judge(seen, performance.now());
    if (end) return end;
    if (watch.running) onRunning?.();
    if (watch.without_task) await refuseRemoved(swarm, service, node);
    await sleep(PAUSE_MS, signal);
  }
}

async function refuseRemoved(swarm: Swarm, service: string, node: FleetNode): Promise<void> {
  if ((await swarm.services()).some(({ ID: id }) => id === service)) return;
  throw new EnvironmentError(`somebody else has removed the service of this run on node '${node.name}'`, {
    remedy: '`hadrill fleet status` says what is there; `hadrill fleet down` removes it',
  });
}

/** What is seen of a task from look to look. Pure: the clock is the caller's. */
export class TaskWatch {
  readonly #service: string;
  readonly #node: FleetNode;
  #first_ms: number | undefined;
  #awaySince_ms: number | undefined;
  running = false;
  /** It has had none for so long that the service itself may be gone. */
  without_task = false;

  constructor(service: string, node: FleetNode) {
    this.#service = service;
    this.#node = node;
  }

  /** @returns how it ended; undefined while it has not. */
  judge({ nodes, tasks }: Look, now_ms: number): TaskEnd | undefined {
    this.#first_ms ??= now_ms;
    const own = tasks.filter(({ ServiceID: service }) => service === this.#service);
    const state = taskState(own);
    if (state.at === 'done') return { how: 'done' };
    if (state.at === 'failed') return { how: 'failed', status: state.status, why: state.why };
    this.running = state.at === 'running';
    const waited_ms = now_ms - this.#first_ms;
    this.without_task = own.length === 0 && waited_ms > NO_TASK_MS;
    const node = nodes.find(({ ID: id }) => id === this.#node.id);
    const away = node ? (node.Status.State === 'ready' ? undefined : awayOf(node)) : 'it has left the swarm';
    this.#awaySince_ms = away === undefined ? undefined : (this.#awaySince_ms ?? now_ms);
    if (away !== undefined && now_ms - this.#awaySince_ms! >= LOST_MS) return { how: 'lost', why: away };
    if (this.running || waited_ms < BEGIN_MS) return undefined;
    const why = waitingFor(own) ?? 'it has no task';
    return { how: 'failed', status: undefined, why: `it has not begun for ${BEGIN_MS / 1000} s: ${why}` };
  }
}
