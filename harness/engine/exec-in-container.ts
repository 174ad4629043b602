import type Docker from 'dockerode';
import { DeadlineError, EnvironmentError } from '../ground/errors.ts';
import { ContainerGoneError, containerError } from './container-gone.ts';
import { splitStreams } from './split-streams.ts';

export interface ExecOptions {
  /** Default: 30 s. */
  timeout_ms?: number;
  env?: Record<string, string>;
  user?: string;
  signal?: AbortSignal | undefined;
}

export interface ExecResult {
  /** 126 or 127 when the command cannot be run or found. */
  exit_code: number;
  stdout: string;
  stderr: string;
}

const TIMEOUT_MS = 30_000;
/** A command of a node's may say as much as it likes; it is kept in memory. */
const MOST_OUTPUT_BYTES = 64 << 20;

/**
 * Runs a command in a running container and waits for its end. A command that fails is a result, not an error.
 * @throws DeadlineError with the command and its output so far: the command itself goes on, the engine has no
 *   call that ends it; EnvironmentError when it says more than 64 MiB; ContainerGoneError when the container is gone
 *   or stops meanwhile.
 * @internal
 */
export async function execInContainer(
  container: Docker.Container,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const timeout_ms = options.timeout_ms ?? TIMEOUT_MS;
  const deadline = AbortSignal.timeout(timeout_ms);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const output = { stdout: new Collected(), stderr: new Collected() };
  try {
    const exec = await startExec(container, argv, options, signal);
    await collect(container, exec.connection, output, signal);
    const exit_code = await exitCodeOf(exec.exec);
    if (exit_code === undefined)
      throw new ContainerGoneError(`the container stopped while it ran: ${show(argv)}`);
    return { exit_code, stdout: output.stdout.text(), stderr: output.stderr.text() };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!deadline.aborted) throw containerError(error, show(argv));
    const log = (output.stdout.text() + output.stderr.text()).slice(-4000);
    throw new DeadlineError({
      awaited: `the command to end: ${show(argv)}`,
      timeout_ms,
      log: log || '(no output)',
    });
  }
}

/** Starts a command in a container with its output (and its input, when `stdin`) on the returned connection. @internal */
export async function startExec(
  container: Docker.Container,
  argv: readonly string[],
  options: Pick<ExecOptions, 'env' | 'user'> & { stdin?: boolean },
  signal?: AbortSignal,
): Promise<{ exec: Docker.Exec; connection: NodeJS.ReadWriteStream & { destroy(): void } }> {
  const abort = signal ? { abortSignal: signal } : {};
  const exec = await container.exec({
    Cmd: [...argv],
    AttachStdin: options.stdin ?? false,
    AttachStdout: true,
    AttachStderr: true,
    Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(options.user === undefined ? {} : { User: options.user }),
    ...abort,
  });
  const connection = await exec.start({ hijack: true, stdin: options.stdin ?? false, ...abort });
  return { exec, connection };
}

async function collect(
  container: Docker.Container,
  connection: NodeJS.ReadableStream & { destroy(): void },
  output: { stdout: Collected; stderr: Collected },
  signal: AbortSignal,
): Promise<void> {
  const { stdout, stderr } = splitStreams(container, connection);
  await new Promise<void>((resolve, reject) => {
    const take = (to: Collected) => (chunk: Buffer) => {
      to.add(chunk);
      if (output.stdout.bytes + output.stderr.bytes <= MOST_OUTPUT_BYTES) return;
      reject(new EnvironmentError(`the command printed more than ${MOST_OUTPUT_BYTES >> 20} MiB`));
      connection.destroy();
    };
    stdout.on('data', take(output.stdout));
    stderr.on('data', take(output.stderr));
    const aborted = () => {
      reject(signal.reason);
      connection.destroy();
    };
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted, { once: true });
    connection.once('error', reject);
    stdout.once('end', () => {
      signal.removeEventListener('abort', aborted);
      resolve();
    });
  });
}

/** The exit code; `undefined` when the container stopped before the command ended. @internal */
export async function exitCodeOf(exec: Docker.Exec): Promise<number | undefined> {
  // The connection can end a moment before the engine has noted the end of the command.
  for (let look = 0; look < 20; look++) {
    const state = await exec.inspect();
    if (!state.Running) return state.ExitCode ?? undefined;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return undefined;
}

/** Output in memory, decoded once, so that a character split over two chunks stays whole. */
class Collected {
  private readonly chunks: Buffer[] = [];
  bytes = 0;

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.chunks.push(chunk);
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

function show(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
