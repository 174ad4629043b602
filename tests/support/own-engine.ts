import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { connectEngine, type Engine } from '../../harness/engine/connect.ts';
import { ensureImages } from '../../harness/engine/ensure-images.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';

const UP_TIMEOUT_MS = 60_000;

/** Why this machine cannot have a second engine; undefined when it can. */
export const noOwnEngine: string | undefined = (() => {
  if (process.getuid?.() !== 0) return 'a second engine needs root';
  const folders = (process.env.PATH ?? '').split(':');
  if (!folders.some((folder) => existsSync(path.join(folder, 'dockerd')))) return 'dockerd is not installed';
  return undefined;
})();

let made = 0;

/**
 * A second engine of the tests' own, beside the machine's: it may be killed, frozen and started again. When the process that
 * made it ends, however it does, another one removes it.
 */
export class OwnEngine {
  readonly #name: string;
  readonly #arguments: readonly string[];
  readonly #command: readonly string[];
  readonly socket: string;
  readonly #pidFile: string;
  readonly #execRoot: string;
  readonly #containerdPidFile: string;
  readonly #log: string;
  readonly #dataRoot: string;
  #isWatched = false;

  /**
   * @param more options of the daemon.
   * @param network the network namespace that it lives in: a path, as /run/netns/NAME; default: this machine's.
   */
  constructor(
    more: readonly string[] = [],
    name = `hadrill-test-${process.pid}-${++made}`,
    network?: string,
  ) {
    this.#name = name;
    this.#arguments = more;
    // Not `ip netns exec`: that mounts another /sys, and labs would miss their cgroups.
    this.#command = network === undefined ? ['dockerd'] : ['nsenter', `--net=${network}`, 'dockerd'];
    this.socket = `/run/docker-${name}.sock`;
    this.#pidFile = `/run/docker-${name}.pid`;
    this.#execRoot = `/run/docker-${name}`;
    this.#containerdPidFile = `${this.#execRoot}/containerd/containerd.pid`;
    this.#log = path.join(tmpdir(), `docker-${name}.log`);
    this.#dataRoot = path.join(tmpdir(), `docker-${name}`);
  }

  /** Whether anything of it is there: it was started, and not removed. */
  get isThere(): boolean {
    return existsSync(this.#dataRoot);
  }

  /** What a command needs to use it. */
  get env(): Record<string, string> {
    return { DOCKER_HOST: `unix://${this.socket}` };
  }

  connect(): Promise<Engine> {
    return connectEngine({ ...process.env, ...this.env });
  }

  /** Starts it, with the machine's images of these names. */
  async begin(images: readonly string[]): Promise<void> {
    await this.start();
    const from = await connectEngine();
    const tags = [...(await ensureImages(from, images)).values()].map(({ tag }) => tag);
    await execa({ shell: true })`docker save ${tags.join(' ')} | docker -H unix://${this.socket} load`;
  }

  /** Starts the daemon, and waits until it answers. */
  async start({ live_restore = false } = {}): Promise<void> {
    this.#beWatched();
    // What a killed one left would keep this one from starting, while nobody has waited for the processes.
    for (const file of [this.#pidFile, this.#containerdPidFile]) rmSync(file, { force: true });
    const options = [
      ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
      ...['--data-root', this.#dataRoot, '--exec-root', this.#execRoot],
      ...['--pidfile', this.#pidFile, '-H', `unix://${this.socket}`],
      ...(live_restore ? ['--live-restore'] : []),
      ...this.#arguments,
    ];
    const log = openSync(this.#log, 'a');
    const [program = '', ...before] = this.#command;
    spawn(program, [...before, ...options], { detached: true, stdio: ['ignore', log, log] }).unref();
    closeSync(log);
    await waitUntil({
      what: 'the second engine to answer',
      timeout_ms: UP_TIMEOUT_MS,
      log: () => readFileSync(this.#log, 'utf8').split('\n').slice(-8).join('\n'),
      check: () =>
        this.connect().then(
          () => true,
          () => false,
        ),
    });
  }

  /** SIGKILL, as a crash of the daemon: its containers live on until it is started again. */
  async kill(): Promise<void> {
    const pid = this.#pid();
    const containerd = Number(readFileSync(this.#containerdPidFile, 'utf8'));
    process.kill(pid, 'SIGKILL');
    // The kernel ends its containerd with it; the next one must not find it still ending.
    await waitUntil({
      what: 'the second engine to be dead',
      timeout_ms: 10_000,
      check: () => !lives(pid) && !lives(containerd),
    });
  }

  /** It answers nothing for a while. */
  async freeze(ms: number): Promise<void> {
    const pid = this.#pid();
    process.kill(pid, 'SIGSTOP');
    try {
      await sleep(ms);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }

  /** Removes it, its containers and its images. */
  async end(): Promise<void> {
    if (!this.isThere) return;
    // A test may have failed while it was frozen, or killed: its containers live on then.
    if (this.#lives()) process.kill(this.#pid(), 'SIGCONT');
    else await this.start();
    const { docker } = await this.connect();
    for (const { Id: id } of await docker.listContainers({ all: true }))
      await docker.getContainer(id).remove({ force: true });
    const pid = this.#pid();
    process.kill(pid, 'SIGTERM');
    await waitUntil({
      what: 'the second engine to end',
      timeout_ms: UP_TIMEOUT_MS,
      check: () => !lives(pid),
    });
    // It mounts that onto itself, to have it to itself, and leaves it so when it was killed once.
    for (const mounted of [this.#dataRoot, path.join(this.#execRoot, 'netns/default')])
      await execa('umount', ['--lazy', mounted], { reject: false });
    for (const left of [this.#dataRoot, this.#execRoot, this.socket, this.#pidFile, this.#log])
      rmSync(left, { recursive: true, force: true });
  }

  /** Another process waits for the end of this one, and removes the engine then. */
  #beWatched(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    const log = openSync(this.#log, 'a');
    const program = [path.join(import.meta.dirname, 'end-own-engine.ts'), this.#name, ...this.#arguments];
    const watch = spawn(process.execPath, program, { detached: true, stdio: ['pipe', log, log] });
    closeSync(log);
    watch.unref();
    // Nothing is ever written: it is closed when this process is no more.
    (watch.stdin as Socket).unref();
  }

  #lives(): boolean {
    return existsSync(this.#pidFile) && lives(this.#pid());
  }

  #pid(): number {
    return Number(readFileSync(this.#pidFile, 'utf8'));
  }
}

/** A killed process that nobody has waited for yet does not live. */
export function lives(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}
