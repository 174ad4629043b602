import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { connectEngine, type Engine } from '../../harness/engine/connect.ts';
import { ensureImages } from '../../harness/engine/ensure-images.ts';
import { waitUntil } from '../../harness/ground/wait.ts';

const UP_TIMEOUT_MS = 60_000;
const TREE_TIMEOUT_MS = 600_000;
/** The socket as the engine itself sees it. */
const SOCKET = '/run/docker.sock';

/**
 * Makes the tree, $1, the root of a mount namespace of its own, then runs the engine. chroot(8) is not enough: a program
 * that is started in a running container would then have this machine's root, beneath the tree, for its own.
 */
const START = `set -e
mount --bind "$1" "$1"
for name in proc sys dev; do mount --rbind "/$name" "$1/$name"; done
cd "$1"
pivot_root . old
umount --lazy /old
exec dockerd --bridge=none --iptables=false --ip6tables=false --ip-forward=false -H unix://${SOCKET}`;

/** Why this machine cannot have another release's Docker; undefined when it can. */
export const noTreeEngine: string | undefined = (() => {
  if (process.getuid?.() !== 0) return 'an engine in a tree of its own needs root';
  const folders = (process.env.PATH ?? '').split(':');
  const missing = ['debootstrap', 'docker'].find(
    (program) => !folders.some((folder) => existsSync(path.join(folder, program))),
  );
  return missing && `${missing} is not installed`;
})();

/** The Docker of another Debian release, in a tree that debootstrap makes: it sees none of this machine's files. */
export class TreeEngine {
  readonly #tree: string;
  readonly #log: string;
  #pid: number | undefined;

  private constructor(folder: string) {
    this.#tree = path.join(folder, 'tree');
    this.#log = path.join(folder, 'log');
  }

  /** What a command needs to use it. */
  get env(): Record<string, string> {
    return {
      DOCKER_HOST: `unix://${this.#tree}${SOCKET}`,
      HADRILL_ENGINE_SOCKET: SOCKET,
      HADRILL_BINDS: 'copy',
    };
  }

  connect(): Promise<Engine> {
    return connectEngine({ ...process.env, ...this.env });
  }

  /** Makes the tree (about a minute), starts its engine, and loads the machine's images of these names into it. */
  static async begin(release: string, images: readonly string[]): Promise<TreeEngine> {
    const engine = new TreeEngine(mkdtempSync('/var/tmp/hadrill-tree-'));
    try {
      await engine.#make(release);
      await engine.#start();
      const tags = [...(await ensureImages(await connectEngine(), images)).values()].map(({ tag }) => tag);
      const { DOCKER_HOST: host } = engine.env;
      await execa(`docker save ${tags.join(' ')} | docker -H ${host} load`, { shell: true });
      return engine;
    } catch (error) {
      await engine.end();
      throw error;
    }
  }

  async #make(release: string): Promise<void> {
    const include = '--include=docker.io,docker-cli';
    await execa('debootstrap', ['--variant=minbase', include, release, this.#tree], {
      timeout: TREE_TIMEOUT_MS,
      env: { LC_ALL: 'C' },
    });
    mkdirSync(path.join(this.#tree, 'old'));
  }

  async #start(): Promise<void> {
    const log = openSync(this.#log, 'a');
    const words = ['--mount', '--propagation', 'private', 'sh', '-c', START, 'sh', this.#tree];
    const daemon = spawn('unshare', words, { detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#pid = daemon.pid;
    daemon.unref();
    await waitUntil({
      what: 'the engine in the tree to answer',
      timeout_ms: UP_TIMEOUT_MS,
      log: () => readFileSync(this.#log, 'utf8').split('\n').slice(-8).join('\n'),
      check: () => this.connect().catch(() => undefined),
    });
  }

  /** Removes it, its containers, its images and the tree. */
  async end(): Promise<void> {
    const engine = await this.connect().catch(() => undefined);
    for (const { Id: id } of (await engine?.docker.listContainers({ all: true })) ?? [])
      await engine?.docker.getContainer(id).remove({ force: true });
    const pid = this.#pid;
    if (pid !== undefined) process.kill(pid, 'SIGTERM');
    await waitUntil({
      what: 'the engine in the tree to end',
      timeout_ms: UP_TIMEOUT_MS,
      check: () => pid === undefined || !existsSync(`/proc/${pid}/exe`),
    });
    // Its mounts have gone with its last process.
    const folder = path.dirname(this.#tree);
    await execa('rm', ['--recursive', '--one-file-system', folder]);
  }
}
