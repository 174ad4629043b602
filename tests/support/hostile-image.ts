import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pack } from 'tar-stream';
import { expect } from 'vitest';
import { REPOSITORY } from './hadrill.ts';
import { imageOfNode } from './image-of-node.ts';
import { engine, freshName } from './labs.ts';

/** Programs that hadrill asks in a node, or that its own images have: here each is the spy. */
export const SPIES = ['cibadmin', 'conntrackd', 'crm_mon', 'dnsmasq', 'ip', 'keepalived', 'sv'];

/** What hadrill reads in nodes. */
export const READ = [
  '/etc/keepalived/keepalived.conf',
  '/etc/corosync/corosync.conf',
  '/etc/dnsmasq.conf',
  '/var/lib/neutron/dhcp/leases',
  '/run/hadrill/alerts',
  '/run/dhcp-client/events',
];

/** Every way a link can be written so that it would leave a node, if somebody outside followed it. */
function waysOut(file: string): string[] {
  return [file, `/proc/1/root${file}`, `/proc/self/root${file}`, `${'../'.repeat(12)}${file.slice(1)}`];
}

/**
 * Builds an image that is out for its host's files: links to them, programs of its own that note what they may do.
 * @param capabilities of its label, if it has one
 * @returns its tag; remove it with `removeImage`
 */
export async function buildHostile(host: HostFolder, capabilities?: string): Promise<string> {
  const tag = `${freshName('hadrill-test-hostile')}:latest`;
  const { tag: base } = await imageOfNode(engine, { name: 'hostile', image: 'hadrill/base' });
  const made = Object.entries(host.links()).map(
    ([at, to]) => `rm -rf ${at} && mkdir -p ${path.posix.dirname(at)} && ln -s ${to} ${at}`,
  );
  const commands = [
    'mkdir -p /opt /run/service/plain/supervise /run/service/web/supervise',
    'cp /usr/bin/sleep /opt/keepalived',
    'cp /usr/bin/sleep /opt/stays',
    'echo run > /run/service/web/supervise/stat',
    'echo run > /run/service/plain/supervise/stat',
    'echo own > /run/service/plain/supervise/control',
    ...made,
    ...SPIES.map((name) => `ln -sf /opt/spy /usr/sbin/${name}`),
    'ln -s /opt/spy /opt/start',
    'ln -sf /opt/spy /usr/bin/sh',
  ];
  const dockerfile = [
    `FROM ${base}`,
    ...(capabilities === undefined ? [] : [`LABEL hadrill.capabilities="${capabilities}"`]),
    `ENV HOST_FOLDER=${host.path}`,
    'COPY spy /opt/spy',
    `RUN set -e; ${commands.join('; ')}`,
    'ENTRYPOINT ["/opt/start"]',
  ].join('\n');
  const context = pack();
  context.entry({ name: 'Dockerfile' }, `${dockerfile}\n`);
  const spy = await readFile(path.join(REPOSITORY, 'tests/fixtures/hostile/spy'));
  context.entry({ name: 'spy', mode: 0o755 }, spy);
  context.finalize();
  const stream = context as unknown as NodeJS.ReadableStream;
  const built: NodeJS.ReadableStream = await engine.docker.buildImage(stream, {
    t: tag,
    networkmode: 'none',
  });
  await new Promise<void>((resolve, reject) => {
    const said: string[] = [];
    const done = (error: Error | null, output: { error?: string }[]) => {
      const failure = error?.message ?? output.find((one) => one.error)?.error;
      if (failure) reject(new Error(`${failure}\n${said.slice(-10).join('')}`));
      else resolve();
    };
    engine.docker.modem.followProgress(built, done, (line: { stream?: string }) =>
      said.push(line.stream ?? ''),
    );
  });
  return tag;
}

/** Removes an image of `buildHostile`. */
export async function removeImage(tag: string): Promise<void> {
  await engine.docker.getImage(tag).remove({ force: true });
}

/** A folder of the machine that runs the tests, with a secret, a file to be spoiled, and a hostile lab's topology. */
export class HostFolder {
  readonly path: string;
  /** What stands in the file `secret`. */
  readonly token = `of-the-host-${freshName('x')}`;

  private constructor(folder: string) {
    this.path = folder;
  }

  static async make(): Promise<HostFolder> {
    const folder = new HostFolder(await mkdtemp(path.join(tmpdir(), 'hadrill-hostile-')));
    const files = { secret: folder.token, victim: 'whole', run: 'run\n' };
    for (const [file, text] of Object.entries(files)) await writeFile(folder.file(file), text);
    await chmod(folder.file('secret'), 0o600);
    return folder;
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  /** What hadrill reads and writes in nodes, as links to this folder and to files of the fabric and the kernel. */
  links(): Record<string, string> {
    const ways = [...waysOut(this.file('secret')), '/opt/hadrill/fabricd.py', '/proc/kmsg'];
    return {
      ...Object.fromEntries(READ.map((at, number) => [at, ways[number % ways.length]!])),
      ...Object.fromEntries(ways.map((to, number) => [`/links/${number}`, to])),
      '/etc/dnsmasq.d': `/proc/1/root${this.path}`,
      '/usr/local/sbin': `/proc/1/root${this.path}/bin`,
      '/folder': `/proc/1/root${this.path}`,
      '/upwards': `${'../'.repeat(12)}proc/1/root${this.path}`,
      '/run/service/web/supervise/control': `/proc/1/root${this.path}/victim`,
      '/etc/service/state/supervise/stat': `/proc/1/root${this.path}/run`,
    };
  }

  /** Writes the topology of a lab with two nodes of the image, `evil` and `other`. @returns its file */
  async writeTopology(lab: string, image: string): Promise<string> {
    const link = (node: string, address: string) =>
      `    - { type: veth, endpoints: [{ node: ${node}, interface: eth1, ipv4: ${address}/24 }, ` +
      `{ node: "lan|fabric", interface: ${node} }] }`;
    const text = [
      `name: ${lab}`,
      'topology:',
      '  nodes:',
      '    fabric: { kind: linux, image: hadrill/fabric }',
      '    lan|fabric: { kind: bridge, network-mode: "container:fabric" }',
      `    evil: { kind: linux, image: "${image}" }`,
      `    other: { kind: linux, image: "${image}" }`,
      '  links:',
      link('evil', '198.18.1.1'),
      link('other', '198.18.1.2'),
    ];
    await writeFile(this.file('hostile.clab.yml'), `${text.join('\n')}\n`);
    return this.file('hostile.clab.yml');
  }

  /** Fails unless the files are as they were. */
  async expectWhole(): Promise<void> {
    const left = (await readdir(this.path)).filter((one) => !/\.yml$|^out$/.test(one));
    expect(left.sort()).toEqual(['run', 'secret', 'victim']);
    expect(await readFile(this.file('victim'), 'utf8')).toBe('whole');
    expect(await readFile(this.file('secret'), 'utf8')).toBe(this.token);
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
