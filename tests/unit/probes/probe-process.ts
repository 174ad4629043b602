import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

const folder = new URL('../../../images/fabric/agent/probes/', import.meta.url).pathname;
const LINE_TIMEOUT_MS = 10_000;

/** Why the probe programs cannot run here, or undefined when they can. They need Python 3.11 or later. */
export const missingPython: string | undefined = (() => {
  const found = spawnSync('python3', ['-S', '-c', 'import sys; sys.exit(sys.version_info < (3, 11))']);
  if (found.error) return 'python3 is not installed';
  return found.status === 0 ? undefined : 'python3 is older than 3.11';
})();

/** One line of a probe: the event and whatever fields it carries. */
export type ProbeEvent = { event: string } & Record<string, unknown>;

/** A probe program that runs on the loopback, spoken to as the fabric agent does. Ends with its test. */
export class ProbeProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  stderr = '';
  readonly #lines: AsyncIterator<string>;

  constructor(program: string, ...args: readonly string[]) {
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    // -S: the fabric's Python has no packages; looking for this machine's takes half of a start.
    const child = spawn('python3', ['-S', join(folder, `${program}.py`), ...args], { env });
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.child = child;
    this.exited = new Promise((resolve) => child.once('close', resolve));
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await this.exited;
    });
  }

  /** Starts a probe and waits for its first line. */
  static async start(program: string, params: object): Promise<[ProbeProcess, ProbeEvent]> {
    const probe = new ProbeProcess(program, JSON.stringify({ epoch_ns: '0', ...params }));
    return [probe, await probe.next()];
  }

  /** The next line, at most 10 s from now. */
  async next(): Promise<ProbeEvent> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), LINE_TIMEOUT_MS);
    const line = await this.#lines.next();
    clearTimeout(timer);
    if (line.done) throw new Error(`the probe printed no further line; stderr: ${this.stderr}`);
    return JSON.parse(line.value) as ProbeEvent;
  }

  /** Sends a command and returns the line that answers it. */
  async ask(op: 'status' | 'stop', fields: object = {}): Promise<ProbeEvent> {
    this.child.stdin?.write(`${JSON.stringify({ op, ...fields })}\n`);
    return this.next();
  }
}

/** A directory for one test's output, removed after the test. */
export function scratch(): { root: string; path(name: string): string } {
  const root = mkdtempSync(join(tmpdir(), 'hadrill-probe-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return { root, path: (name) => join(root, name) };
}

/**
 * Lets a server of the test itself listen on the loopback; resolves with its port. It is below those that the kernel gives to
 * clients (32768 and up): one of these could be taken while the server is away, by the client that tries to reach it.
 */
export async function listenOnLoopback(server: Server, address = '127.0.0.1'): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = randomInt(20_000, 30_000);
    if (await listensAt(server, port, address)) return port;
    if (tries === 20) throw new Error(`none of ${tries} ports at ${address} is free, the last was ${port}`);
  }
}

/**
 * Lets it listen again where it did. The port may be held for a moment: a process that another thread of the tests starts
 * has a copy of every socket until it runs its own program.
 */
export async function listenAgain(server: Server, port: number): Promise<void> {
  for (
    const deadline = performance.now() + 2000;
    !(await listensAt(server, port, '127.0.0.1'));
    await sleep(5)
  )
    if (performance.now() > deadline) throw new Error(`port ${port} is taken for two seconds`);
}

/** @returns false where somebody has that port. */
async function listensAt(server: Server, port: number, address: string): Promise<boolean> {
  try {
    await once(server.listen(port, address), 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return false;
  }
}
