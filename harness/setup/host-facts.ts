import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { type HostFacts, osIds } from './engine-plan.ts';

/** Looks at this machine; changes nothing. */
export async function hostFacts(env: Record<string, string | undefined> = process.env): Promise<HostFacts> {
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const refused = env.HADRILL_NO_ENGINE_INSTALL;
  return {
    os_ids: osIds(osRelease),
    root: process.getuid?.() === 0,
    dockerd: await dockerdInstalled(),
    systemd: existsSync('/run/systemd/system'),
    refused: refused !== undefined && refused !== '' && refused !== '0',
  };
}

/** Whether the engine's daemon can be run here. */
export async function dockerdInstalled(): Promise<boolean> {
  return !(await execa('dockerd', ['--version'], { reject: false, stdin: 'ignore' })).failed;
}
