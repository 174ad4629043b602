import type { FleetNode } from './choose-nodes.ts';

/** Labels of every service of a fleet, and of its containers: nothing without them is touched. */
export const FleetLabel = {
  /** Which run, or look, it is of. */
  fleet: 'hadrill.fleet',
  /** The name of its node. */
  node: 'hadrill.fleet.node',
  /** What it does: `look`, `shard` or `clean`. */
  does: 'hadrill.fleet.does',
  /** `2/4 of l3/node-crash`, for people. */
  what: 'hadrill.fleet.what',
} as const;

/** A command of hadrill on a node. */
export interface FleetTask {
  /** Of the service; unique in the swarm. */
  name: string;
  fleet: string;
  node: FleetNode;
  does: 'look' | 'shard' | 'clean';
  what: string;
  /** `sha256:…`, or a name in a registry. */
  image: string;
  /** What follows `hadrill`. */
  args: readonly string[];
  env?: readonly string[];
  /** The config of the swarm that its files are in. */
  files?: FleetFiles | undefined;
}

/** A config of a swarm. */
export interface FleetFiles {
  id: string;
  name: string;
}

/** Where a task has the archive of its files. */
export const TASK_FILES = '/hadrill-files.tgz';
/** May be read by root, whom the task runs as, and by others. */
const READ_ONLY = 0o444;

/** The socket of the node's engine as the task sees it. */
const TASK_SOCKET = '/var/run/docker.sock';
/** A task that is asked to stop heals what it broke and removes its lab first. */
const GRACE_NS = 90_000_000_000;

/** The engine of a task's node, as `--engines` of its command names it. */
export function engineOf({ name, socket }: FleetNode): string {
  return `${name}=unix://${TASK_SOCKET}?socket=${socket}`;
}

/** The service of one task on one node, that nothing starts again (Docker Engine API 1.41, `POST /services/create`). */
export function serviceSpec(task: FleetTask) {
  const labels = {
    [FleetLabel.fleet]: task.fleet,
    [FleetLabel.node]: task.node.name,
    [FleetLabel.does]: task.does,
    [FleetLabel.what]: task.what,
  };
  const mounts = [{ Type: 'bind', Source: task.node.socket, Target: TASK_SOCKET }];
  return {
    Name: task.name,
    Labels: labels,
    Mode: { Replicated: { Replicas: 1 } },
    TaskTemplate: {
      ContainerSpec: {
        Image: task.image,
        Args: [...task.args],
        Env: [...(task.env ?? [])],
        Labels: labels,
        Mounts: mounts,
        ...(task.files ? { Configs: [configOf(task.files)] } : {}),
        StopGracePeriod: GRACE_NS,
      },
      RestartPolicy: { Condition: 'none' },
      Placement: { Constraints: [`node.id==${task.node.id}`] },
      // Results come home through the log: none of it may be dropped, and an engine that has a limit of its own for this
      // driver sets it where there is none (Docker 20.10, daemon/logs.go).
      LogDriver: { Name: 'json-file', Options: { 'max-size': '1000g' } },
    },
  };
}

function configOf({ id, name }: FleetFiles) {
  return {
    ConfigID: id,
    ConfigName: name,
    File: { Name: TASK_FILES, UID: '0', GID: '0', Mode: READ_ONLY },
  };
}
