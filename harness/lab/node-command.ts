import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { ContainerGoneError, containerError } from '../engine/container-gone.ts';
import { exitCodeOf, startExec } from '../engine/exec-in-container.ts';
import { splitStreams } from '../engine/split-streams.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { waitUntil } from '../ground/wait.ts';
import type { Lab, LabNode } from './lab.ts';

/** What a command that is asked to end gets, before it is killed. */
const GRACE_MS = 5000;
const KILLED_WITHIN_MS = 5000;

/** Takes a piece of output; the next one is read when it is done with it. */
type Sink = (piece: Buffer) => Promise<void>;

/** How a command was ended. */
export type Ending =
  | { how: 'by itself' }
  /** It got SIGKILL, because it had not ended within `after_ms` of the signal. */
  | { how: 'killed'; after_ms: number }
  | { how: 'signalled' };

/** A command in a node that somebody follows: its output as it comes, and a signal for all that it has started. */
export class NodeCommand {
  /** The exit code, when it has ended and all of its output was taken. */
  readonly ended: Promise<number>;
  readonly #lab: Lab;
  readonly #node: LabNode;
  readonly #exec: Docker.Exec;

  private constructor(lab: Lab, node: LabNode, exec: Docker.Exec, ended: Promise<number>) {
    this.#lab = lab;
    this.#node = node;
    this.#exec = exec;
    this.ended = ended;
    ended.catch(() => undefined);
  }

  /**
   * Starts a command, as `docker exec` does.
   * @throws ContainerGoneError when the node does not run.
   */
  static async start(
    lab: Lab,
    name: string,
    argv: readonly string[],
    sinks: { stdout: Sink; stderr: Sink },
  ): Promise<NodeCommand> {
    const node = lab.node(name);
    const container = lab.engine.docker.getContainer(node.container_id);
    const { exec, connection } = await startExec(container, argv, {}).catch((error: unknown) => {
      throw containerError(error, argv.join(' '));
    });
    const { stdout, stderr } = splitStreams(container, connection);
    const taken = Promise.all([
      drain(stdout, connection, sinks.stdout),
      drain(stderr, connection, sinks.stderr),
    ]);
    const ended = taken.then(async () => {
      const code = await exitCodeOf(exec);
      if (code === undefined)
        throw new ContainerGoneError(`the container stopped while it ran: ${argv.join(' ')}`);
      return code;
    });
    return new NodeCommand(lab, node, exec, ended);
  }

  /**
   * Signals it and all of its session, as a terminal does; what has not ended 5 s later is killed. What has made itself a
   * session of its own (setsid(2)), such as a daemon, is left alone.
   * @returns when nothing of it is left. @throws EnvironmentError when something is.
   */
  async end(signal_name: string): Promise<Ending> {
    if (!(await this.#signal(signal_name))) return { how: 'by itself' };
    if (await this.#isGone(GRACE_MS)) return { how: 'signalled' };
    await this.#signal('SIGKILL');
    if (await this.#isGone(KILLED_WITHIN_MS)) return { how: 'killed', after_ms: GRACE_MS };
    throw new EnvironmentError(
      `node '${this.#node.name}': the command could not be ended: of its processes there are still ${(await this.#living()).join(', ')}`,
    );
  }

  /** @returns whether there was anything to signal. */
  async #signal(signal_name: string | null): Promise<boolean> {
    return (await this.#ask(signal_name)).length > 0;
  }

  #living(): Promise<number[]> {
    return this.#ask(null);
  }

  async #ask(signal_name: string | null): Promise<number[]> {
    // The engine makes each program the first of its session.
    const { Pid: session } = await this.#exec.inspect();
    if (!session) return [];
    const { container_id } = this.#node;
    return this.#lab.agent.call('signal_session', { container_id, session, signal_name });
  }

  async #isGone(within_ms: number): Promise<boolean> {
    const gone = waitUntil({
      what: 'the command to end',
      timeout_ms: within_ms,
      check: async () => (await this.#living()).length === 0,
    });
    return gone.then(
      () => true,
      async () => (await this.#living()).length === 0,
    );
  }
}

/** Hands on a stream piece by piece; meanwhile nothing more is read off the connection. */
function drain(stream: Readable, connection: NodeJS.ReadableStream, sink: Sink): Promise<void> {
  return new Promise((resolve, reject) => {
    let waiting = Promise.resolve();
    stream.on('data', (piece: Buffer) => {
      connection.pause();
      waiting = waiting.then(() => sink(piece)).then(() => void connection.resume());
      waiting.catch(reject);
    });
    stream.once('end', () => waiting.then(resolve, reject));
    stream.once('error', reject);
  });
}
