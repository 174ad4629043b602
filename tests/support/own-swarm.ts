import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { OwnEngine } from './own-engine.ts';

const IMAGES = ['harness', 'fabric', 'endpoint', 'router'];
const NET = '198.18.250';
const PORT = 2377;

/**
 * A swarm of the tests' own: two engines on this machine, each in a network namespace with a wire between. The first is the
 * manager, and a node too.
 */
export class OwnSwarm {
  readonly #names = ['a', 'b'].map((letter) => `hd${process.pid}${letter}`);
  readonly manager = this.#engine(0);
  readonly worker = this.#engine(1);
  readonly way = new Way(this.manager.socket);

  get engines(): readonly OwnEngine[] {
    return [this.manager, this.worker];
  }

  /** Starts both with the images that they need, and joins them. */
  async begin(): Promise<void> {
    await this.#wire();
    for (const engine of this.engines) await engine.begin(IMAGES);
    const at = (number: number) => [
      '--advertise-addr',
      `${NET}.${number}`,
      '--listen-addr',
      `${NET}.${number}`,
    ];
    // An overlay's addresses must not be those of this machine's own networks.
    await this.docker(['swarm', 'init', ...at(1), '--default-addr-pool', '198.19.0.0/16']);
    const token = await this.docker(['swarm', 'join-token', '--quiet', 'worker']);
    await docker(this.worker, ['swarm', 'join', '--token', token, ...at(2), `${NET}.1:${PORT}`]);
    for (const engine of this.engines) {
      const id = await docker(engine, ['info', '--format', '{{.Swarm.NodeID}}']);
      await this.docker(['node', 'update', '--label-add', `hadrill.socket=${engine.socket}`, id]);
      await this.docker([
        'node',
        'update',
        '--label-add',
        `which=${engine === this.manager ? 'a' : 'b'}`,
        id,
      ]);
    }
    await this.way.open();
  }

  /** A command to the manager. @returns what it wrote. */
  docker(args: readonly string[]): Promise<string> {
    return docker(this.manager, args);
  }

  /** What a command of hadrill needs to ask the manager. */
  get env(): Record<string, string> {
    return { DOCKER_HOST: `unix://${this.way.socket}` };
  }

  /** Removes all of it. */
  async end(): Promise<void> {
    await this.way.cut();
    for (const engine of [this.worker, this.manager]) await engine.end();
    for (const name of this.#names) await execa('ip', ['netns', 'delete', name], { reject: false });
  }

  #engine(at: number): OwnEngine {
    return new OwnEngine([], undefined, `/run/netns/${this.#names[at]}`);
  }

  async #wire(): Promise<void> {
    for (const name of this.#names) await execa('ip', ['netns', 'add', name]);
    const [a = '', b = ''] = this.#names;
    await execa('ip', [
      'link',
      'add',
      'wire',
      'netns',
      a,
      'type',
      'veth',
      'peer',
      'name',
      'wire',
      'netns',
      b,
    ]);
    for (const [at, name] of this.#names.entries()) {
      const inside = ['-n', name];
      await execa('ip', [...inside, 'address', 'add', `${NET}.${at + 1}/24`, 'dev', 'wire']);
      for (const link of ['lo', 'wire']) await execa('ip', [...inside, 'link', 'set', link, 'up']);
    }
  }
}

async function docker(engine: OwnEngine, args: readonly string[]): Promise<string> {
  return (await execa('docker', args, { env: engine.env })).stdout;
}

/** The way to a manager, which can be cut while the manager itself goes on. */
class Way {
  readonly socket = path.join(tmpdir(), `hadrill-way-${process.pid}.sock`);
  readonly #to: string;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;

  constructor(to: string) {
    this.#to = to;
  }

  async open(): Promise<void> {
    rmSync(this.socket, { force: true });
    const server = createServer((from) => {
      const to = connect(this.#to);
      for (const [one, other] of [
        [from, to],
        [to, from],
      ] as const) {
        this.#open.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#open.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    await new Promise<void>((resolve) => server.listen(this.socket, resolve));
    this.#server = server;
  }

  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const one of this.#open) one.destroy();
    await closed;
  }
}
