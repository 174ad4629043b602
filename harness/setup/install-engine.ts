import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { OnProgress } from '../engine/follow-progress.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { dockerdInstalled } from './host-facts.ts';

// debootstrap and Debian's keys (Ubuntu lacks them) make the base image where no registry can be reached.
const PACKAGES = ['docker.io', 'debootstrap', 'debian-archive-keyring'];
const UPDATE_TIMEOUT_MS = 300_000;
const INSTALL_TIMEOUT_MS = 1_200_000;
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs the engine from the distribution's own packages. Root on Debian or Ubuntu.
 * @throws EnvironmentError with apt's last lines.
 */
export async function installEngine(systemd: boolean, onProgress: OnProgress): Promise<void> {
  onProgress(
    `no container engine here: installing ${PACKAGES.join(', ')} (HADRILL_NO_ENGINE_INSTALL=1 forbids it)`,
  );
  await aptGet(['update'], UPDATE_TIMEOUT_MS);
  // Without systemd the package's start script fails, and with it the installation: the engine is started by hand afterwards.
  const policy = !systemd && !existsSync(POLICY);
  if (policy) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await aptGet(['install', '-y', '--no-install-recommends', ...PACKAGES], INSTALL_TIMEOUT_MS);
  } catch (error) {
    if (!(await dockerdInstalled())) throw error;
    onProgress('a package could not finish its configuration, but the engine is installed: going on');
  } finally {
    if (policy) await rm(POLICY, { force: true });
  }
}

async function aptGet(args: string[], timeout: number): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const result = await execa('apt-get', ['-q', ...args], {
    all: true,
    stdin: 'ignore',
    reject: false,
    timeout,
    env,
  });
  if (!result.failed) return;
  const tail = (result.all ?? '').trimEnd().split('\n').slice(-15).join('\n  | ');
  const how = result.timedOut
    ? `was not done after ${timeout / 1000} s`
    : `failed (exit ${result.exitCode ?? result.signal})`;
  throw new EnvironmentError(`apt-get ${args[0]} ${how}:\n  | ${tail}`, {
    remedy:
      'fix what apt-get reports, or install a container engine another way, then run `npm run setup` again',
  });
}
