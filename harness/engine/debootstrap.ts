import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { messageOf } from '../ground/errors.ts';
import { apiMessage } from './api-status.ts';
import type { Engine } from './connect.ts';
import { followProgress, type OnProgress } from './follow-progress.ts';

export interface DebootstrapOptions {
  release: string;
  /** Repository and tag of the new image. */
  image: string;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 900_000;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64', arm: 'arm' };

/**
 * Makes a minimal Debian with debootstrap from its default mirror and imports it into the engine.
 * Its temporary folder is removed in every case.
 * @returns why it cannot be done, or undefined when the image is there. Throws only the signal's reason.
 */
export async function debootstrapImage(
  engine: Engine,
  options: DebootstrapOptions,
): Promise<string | undefined> {
  const obstacle = await obstacleTo(engine);
  if (obstacle) return obstacle;
  const say = (line: string) => options.onProgress?.(`${options.image}: ${line}`);
  // Not os.tmpdir(): /tmp is often in memory or mounted nodev, where debootstrap cannot work.
  const folder = await mkdtemp(path.join(process.env.TMPDIR ?? '/var/tmp', 'hadrill-debootstrap-'));
  try {
    say(`making Debian ${options.release} with debootstrap, about a minute`);
    const root = path.join(folder, 'root');
    await run(['debootstrap', '--variant=minbase', options.release, root], options.signal, (line) => {
      if (
        /^I: (Retrieving Packages|Unpacking required|Installing core|Unpacking the base|Configuring the base)/.test(
          line,
        )
      ) {
        say(line.slice(3));
      }
    });
    say('importing it into the engine');
    return await importFolder(engine, root, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return messageOf(error);
  } finally {
    await removeFolder(folder);
  }
}

/** What stands in the way of debootstrap on this machine; `undefined` when nothing does. */
export async function obstacleTo(engine: Pick<Engine, 'info'>): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'debootstrap runs on Linux only';
  const tool = await execa('debootstrap', ['--version'], { reject: false });
  if (tool.failed) return 'debootstrap is not installed (apt-get install debootstrap)';
  if (process.getuid?.() !== 0) return 'debootstrap needs root';
  if (!existsSync(KEYRING)) {
    return `Debian's signing keys are missing: ${KEYRING} (apt-get install debian-archive-keyring)`;
  }
  const here = ARCHITECTURES[process.arch];
  if (here !== engine.info.arch)
    return `this machine is ${here ?? process.arch}, the engine ${engine.info.arch}`;
  return undefined;
}

/** Runs a command in its own process group, so that an abort ends its children too. Rejects with its last lines. */
async function run(
  argv: [string, ...string[]],
  signal: AbortSignal | undefined,
  onLine: (line: string) => void,
): Promise<void> {
  signal?.throwIfAborted();
  const [file, ...args] = argv;
  const child = execa(file, args, {
    all: true,
    stdin: 'ignore',
    detached: true,
    reject: false,
    env: { LC_ALL: 'C' },
  });
  const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM');
  const timer = setTimeout(end, TIMEOUT_MS);
  signal?.addEventListener('abort', end, { once: true });
  try {
    for await (const line of child.iterable({ from: 'all' })) onLine(line);
    const result = await child;
    signal?.throwIfAborted();
    if (result.failed) {
      const tail = result.all.trimEnd().split('\n').slice(-5).join('\n  | ');
      throw new Error(`${argv[0]} failed (exit ${result.exitCode ?? result.signal}):\n  | ${tail}`);
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

async function importFolder(
  engine: Engine,
  root: string,
  options: DebootstrapOptions,
): Promise<string | undefined> {
  const excluded = [
    './dev/*',
    './proc/*',
    './sys/*',
    // As images/base/dpkg-slim.cfg has it for what is installed later.
    './usr/share/info/*',
    './usr/share/lintian/*',
    './usr/share/locale/*',
    './usr/share/man/*',
    './var/cache/apt/*',
    './var/lib/apt/lists/*',
    './var/log/*',
  ];
  const args = ['--numeric-owner', ...excluded.map((glob) => `--exclude=${glob}`), '-C', root, '-c', '.'];
  const tar = execa('tar', args, { buffer: { stdout: false }, encoding: 'buffer', reject: false });
  const colon = options.image.lastIndexOf(':');
  let refused: string | undefined;
  try {
    const stream = await engine.docker.importImage(tar.stdout, {
      repo: options.image.slice(0, colon),
      tag: options.image.slice(colon + 1),
      changes: ['LABEL hadrill.image=debian', 'CMD ["bash"]'],
      ...(options.signal ? { abortSignal: options.signal } : {}),
    });
    await followProgress(engine.docker, stream, (event) => {
      refused ??= event.error?.trim();
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    return `the engine did not import it: ${apiMessage(error)}`;
  } finally {
    tar.kill();
  }
  const packed = await tar;
  if (packed.exitCode !== 0) return `tar failed: ${packed.shortMessage ?? packed.exitCode}`;
  return refused;
}

/** debootstrap mounts /proc and /sys inside its folder; an abort can leave them there. */
async function removeFolder(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${folder}/`));
  for (const point of mounts.reverse()) await execa('umount', ['--lazy', point], { reject: false });
  await execa('rm', ['-rf', '--one-file-system', folder], { reject: false });
}
