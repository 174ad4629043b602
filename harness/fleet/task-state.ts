import type { SwarmTask } from './swarm-shapes.ts';

/** How far a service's only task is. */
export type TaskState =
  | { at: 'waiting' | 'running' | 'done' }
  /** `status`: the exit code of its command, where it had one; `why`: for people. */
  | { at: 'failed'; status: number | undefined; why: string };

/** Docker's names of states in which a task has not begun (`api/types/swarm/task.go`). */
const BEFORE = new Set([
  ...['new', 'allocated', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting'],
]);

/**
 * What the tasks of a service say; it has one. A task that was meant to run and that the swarm has given up since counts as
 * failed: nothing starts it again.
 */
export function taskState(tasks: readonly SwarmTask[]): TaskState {
  const [task] = tasks;
  if (!task) return { at: 'waiting' };
  const { State: state, Err: error, Message: message, ContainerStatus: container } = task.Status;
  if (state === 'complete') return { at: 'done' };
  if (state === 'running') return { at: 'running' };
  if (BEFORE.has(state)) return { at: 'waiting' };
  const status = container?.ExitCode;
  return { at: 'failed', status, why: inWords(state, error || message || '') };
}

/** What a task that does not begin waits for, for people; undefined where the swarm does not say it. */
export function waitingFor(tasks: readonly SwarmTask[]): string | undefined {
  const [task] = tasks;
  return task?.Status.Err || (task ? `the task is '${task.Status.State}'` : undefined);
}

function inWords(state: string, error: string): string {
  if (/no such image/i.test(error)) return 'the image of hadrill is not on that node';
  if (/bind source path does not exist/i.test(error))
    return `its engine's socket is not where it was looked for: ${error}`;
  if (/exec format error/i.test(error)) return `the image is for other processors: ${error}`;
  return `the task is '${state}'${error === '' ? '' : `: ${error}`}`;
}

/** What to do about it; undefined where only the words tell. */
export function taskRemedy(why: string, image: string): string | undefined {
  if (why.startsWith('the image of hadrill is not on'))
    return (
      `bring it there: \`docker save ${image} | ssh NODE docker load\`, \`hadrill fleet up --load NAME=URL\`, ` +
      'or name one in a registry with --harness'
    );
  if (why.startsWith("its engine's socket"))
    return 'say where it is: `docker node update --label-add hadrill.socket=PATH NODE`';
  return undefined;
}
