import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { connectEngine, type Engine } from '../../harness/engine/connect.ts';
import { ensureImages } from '../../harness/engine/ensure-images.ts';
import { waitUntil } from '../../harness/ground/wait.ts';

const TIMEOUT_MS = 60_000;
/** Lower than Podman's own, which cannot be set where CAP_SYS_RESOURCE is missing. */
const SETTINGS = `[engine]
events_logger = "file"
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
`;

/** Why this machine cannot have a Podman of the tests' own; undefined when it can. */
export const noPodman: string | undefined = (() => {
  if (process.getuid?.() !== 0) return 'a Podman of its own needs root';
  const folders = (process.env.PATH ?? '').split(':');
  const has = (program: string) => folders.some((folder) => existsSync(path.join(folder, program)));
  if (!has('podman')) return 'podman is not installed';
  return has('docker') ? undefined : 'there is no docker command to copy images with';
})();

/** `podman system service` with images and containers of its own. */
export class OwnPodman {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'hadrill-podman-'));
  readonly #log = path.join(this.#folder, 'log');
  readonly #socket = path.join(this.#folder, 's');
  readonly #options = [
    ...['--root', path.join(this.#folder, 'root'), '--runroot', path.join(this.#folder, 'run')],
    ...['--cgroup-manager', 'cgroupfs'],
  ];
  readonly #env = { CONTAINERS_CONF: path.join(this.#folder, 'containers.conf') };
  #pid: number | undefined;

  /** What a command needs to use it. */
  get env(): Record<string, string> {
    return { DOCKER_HOST: `unix://${this.#socket}` };
  }

  connect(): Promise<Engine> {
    return connectEngine({ ...process.env, ...this.env });
  }

  /** Starts it, with the machine's images of these names. */
  async begin(images: readonly string[]): Promise<void> {
    writeFileSync(this.#env.CONTAINERS_CONF, SETTINGS);
    const log = openSync(this.#log, 'a');
    const service = spawn(
      'podman',
      [...this.#options, 'system', 'service', '--time', '0', `unix://${this.#socket}`],
      { detached: true, stdio: ['ignore', log, log], env: { ...process.env, ...this.#env } },
    );
    closeSync(log);
    this.#pid = service.pid;
    service.unref();
    await waitUntil({
      what: 'Podman to answer',
      timeout_ms: TIMEOUT_MS,
      log: () => readFileSync(this.#log, 'utf8'),
      check: () => this.connect().catch(() => undefined),
    });
    const tags = [...(await ensureImages(await connectEngine(), images)).values()].map(({ tag }) => tag);
    await execa({ shell: true })`docker save ${tags.join(' ')} | docker -H unix://${this.#socket} load`;
  }

  /** Ends it, and removes its containers and images. */
  async end(): Promise<void> {
    await execa('podman', [...this.#options, 'rm', '--force', '--all'], { env: this.#env, reject: false });
    await execa('podman', [...this.#options, 'rmi', '--force', '--all'], { env: this.#env, reject: false });
    const pid = this.#pid;
    if (pid !== undefined) process.kill(pid, 'SIGTERM');
    await waitUntil({
      what: 'Podman to end',
      timeout_ms: TIMEOUT_MS,
      check: () => pid === undefined || !existsSync(`/proc/${pid}/exe`),
    });
    // It mounts the first onto itself.
    await execa('umount', ['--lazy', path.join(this.#folder, 'root/overlay')], { reject: false });
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
