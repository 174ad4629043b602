import type { Readable, Writable } from 'node:stream';
import type Docker from 'dockerode';
import { containerError } from './container-gone.ts';
import { exitCodeOf, startExec } from './exec-in-container.ts';
import { splitStreams } from './split-streams.ts';

/** A long-lived command in a container, spoken to over its standard input and output. */
export interface AttachedExec {
  /** `end()` closes the command's standard input. */
  stdin: Writable;
  stdout: Readable;
  /** The last 16 KiB of its standard error. */
  stderr(): string;
  /** Exit code; undefined when it cannot be known any more (container gone, connection cut). Never rejects. */
  exited: Promise<number | undefined>;
  /** Cuts the connection. The command ends only if it ends by itself when its input does. */
  close(): void;
}

const STDERR_BYTES = 16_384;

/**
 * Starts a command with its input and output attached, for a relay that lives as long as a lab.
 * @throws ContainerGoneError when the container is gone or not running.
 */
export async function attachExec(
  container: Docker.Container,
  argv: readonly string[],
  options: { env?: Record<string, string>; user?: string } = {},
): Promise<AttachedExec> {
  const { exec, connection } = await startExec(container, argv, { ...options, stdin: true }).catch(
    (error) => {
      throw containerError(error, argv.join(' '));
    },
  );
  const { stdout, stderr } = splitStreams(container, connection);
  let tail = Buffer.alloc(0);
  stderr.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-STDERR_BYTES);
  });
  // A write after the command has ended is reported by `exited`, not as an unhandled event.
  connection.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    connection.once('end', resolve);
    connection.once('close', resolve);
  });
  // The engine keeps its end open until this one is closed, and an open one keeps this process from ending.
  ended.then(() => connection.destroy());
  return {
    stdin: connection as unknown as Writable,
    stdout,
    stderr: () => tail.toString('utf8'),
    exited: ended.then(() => exitCodeOf(exec)).catch(() => undefined),
    close: () => connection.destroy(),
  };
}
