import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { attachExec } from '../engine/attach-exec.ts';
import type { Engine } from '../engine/connect.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { withDeadline } from '../ground/wait.ts';
import { AGENT_OPERATIONS, type AgentOperations } from './agent-operations.ts';

const RELAY = ['python3', '-S', '-E', '/opt/hadrill/relay.py'];
const DEFAULT_TIMEOUT_MS = 30_000;
/** Pieces of a file that are asked for before they are needed: an answer takes longer than its reading. */
const PIECES_AHEAD = 4;
/** Characters of a line that is quoted in an error. */
const MOST_SHOWN = 200;

/** What the agent says: the answer to the request of this id; with 0, a question whether this process is there. */
const saying = z.object({
  id: z.int().nullable(),
  error: z.string().exactOptional(),
  result: z.unknown().optional(),
});

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** A connection to the agent: requests, answers, and its end. */
export interface AgentChannel {
  stdin: Writable;
  stdout: Readable;
  /** The last that the other end said on its standard error. */
  stderr(): string;
  /** Settles when the channel is closed from the other end. */
  closed: Promise<unknown>;
  close(): void;
}

/** The connection to the agent inside a lab's fabric: JSON lines in both directions. */
export class FabricAgent {
  readonly #channel: AgentChannel;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #closed: Error | undefined;
  /** Settles with the reason when the connection ends without having been closed here. */
  readonly closed: Promise<Error>;
  /** The lab's epoch: what every LabTime counts from, in ns since 1970. */
  epoch_ns = 0n;

  private constructor(channel: AgentChannel) {
    this.#channel = channel;
    const lines = createInterface({ input: channel.stdout });
    lines.on('line', (line) => this.#take(line));
    // It passes on what its input meets: `closed` reports that.
    lines.on('error', () => undefined);
    // `closed` reports a write to an agent that is gone.
    channel.stdin.on('error', () => undefined);
    this.closed = channel.closed.then(() => {
      const last = channel.stderr().trim().split('\n').at(-1);
      const error = new EnvironmentError(`the connection to the fabric ended${last ? `: ${last}` : ''}`);
      this.#fail(error);
      return error;
    });
  }

  /** Speaks to the agent of a lab that is up, beside other clients. @internal */
  static async connect(engine: Engine, container_id: string): Promise<FabricAgent> {
    const relay = await attachExec(engine.docker.getContainer(container_id), RELAY);
    return FabricAgent.over({ ...relay, closed: relay.exited }).catch((error: unknown) => {
      // An open connection would keep this process from ending.
      relay.close();
      throw error;
    });
  }

  /** @throws EnvironmentError when the agent does not answer. */
  static async over(channel: AgentChannel): Promise<FabricAgent> {
    const agent = new FabricAgent(channel);
    const { epoch_ns } = await agent.call('hello', {});
    agent.epoch_ns = BigInt(epoch_ns);
    return agent;
  }

  /**
   * Asks for one operation.
   * @throws EnvironmentError with the agent's own words, or when it answers something else than is expected;
   * DeadlineError after `timeout_ms`.
   */
  async call<Name extends keyof AgentOperations>(
    op: Name,
    args: AgentOperations[Name][0],
    timeout_ms = DEFAULT_TIMEOUT_MS,
  ): Promise<AgentOperations[Name][1]> {
    if (this.#closed) throw this.#closed;
    const id = this.#nextId++;
    const answered = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#channel.stdin.write(`${JSON.stringify({ id, op, args })}\n`);
    const what = `the fabric's answer to '${op}'`;
    const result = AGENT_OPERATIONS[op].result.safeParse(await withDeadline(what, timeout_ms, answered));
    if (result.success) return result.data as AgentOperations[Name][1];
    throw new EnvironmentError(`${what} is not as expected: ${z.prettifyError(result.error)}`);
  }

  /** A whole file that the fabric wrote. */
  async readFile(path: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.filePieces(path)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** The same in pieces, for one that is large. */
  async *filePieces(path: string): AsyncGenerator<Buffer> {
    const ask = (offset: number) => {
      const answer = this.call('read_file', { path, offset });
      // Whether it failed is asked when its turn comes, if it does.
      answer.catch(() => undefined);
      return answer;
    };
    const first = await ask(0);
    const start = Buffer.from(first.data, 'base64');
    yield start;
    if (start.length === 0) return;
    const ahead: ReturnType<typeof ask>[] = [];
    for (let next = start.length; ahead.length > 0 || next < first.size; ) {
      while (ahead.length < PIECES_AHEAD && next < first.size) {
        ahead.push(ask(next));
        next += start.length;
      }
      yield Buffer.from((await ahead.shift()!).data, 'base64');
    }
  }

  close(): void {
    this.#closed ??= new EnvironmentError('the connection to the fabric was closed');
    this.#channel.stdin.end();
    this.#channel.close();
  }

  #take(line: string): void {
    const { data: said } = saying.safeParse(parsed(line));
    if (said === undefined || said.id === null) this.#misunderstood(line);
    // It asks whether this process is still there.
    else if (said.id === 0) void this.call('hello', {}).catch(() => undefined);
    else this.#finish(said.id, said.error, said.result);
  }

  #finish(id: number, error: string | undefined, result: unknown): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new EnvironmentError(error));
  }

  /** What was asked for can wait for ever: nobody knows which request this is about. */
  #misunderstood(line: string): void {
    this.#fail(
      new EnvironmentError(
        `the fabric's agent sent a line that is not an answer: ${line.slice(0, MOST_SHOWN)}`,
      ),
    );
  }

  #fail(error: Error): void {
    this.#closed ??= error;
    for (const pending of this.#pending.values()) pending.reject(this.#closed);
    this.#pending.clear();
  }
}

/** Undefined for what is not JSON. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
