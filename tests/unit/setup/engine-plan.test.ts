import { expect, test } from 'vitest';
import { EngineUnreachableError } from '../../../harness/engine/connect.ts';
import { type HostFacts, osIds, planEngine } from '../../../harness/setup/engine-plan.ts';

const host: HostFacts = { os_ids: ['debian'], root: true, dockerd: false, systemd: true, refused: false };

function unreachable(code: string, from = 'default'): EngineUnreachableError {
  const socket = '/var/run/docker.sock';
  return new EngineUnreachableError(
    { url: `unix://${socket}`, from, options: {}, socket },
    code,
    'why',
    undefined,
  );
}

test('root on Debian or Ubuntu: installed when it is missing, started when it is stopped', () => {
  expect(planEngine(unreachable('ENOENT'), host)).toEqual({ do: 'install', by: 'systemd' });
  expect(planEngine(unreachable('ENOENT'), { ...host, systemd: false })).toEqual({
    do: 'install',
    by: 'hand',
  });
  expect(planEngine(unreachable('ECONNREFUSED'), { ...host, dockerd: true })).toEqual({
    do: 'start',
    by: 'systemd',
  });
  const fedora = { ...host, os_ids: ['fedora'], dockerd: true, systemd: false };
  expect(planEngine(unreachable('ENOENT'), fedora)).toEqual({ do: 'start', by: 'hand' });
});

test('nothing is done against the user, and it is said why', () => {
  const refused = planEngine(unreachable('ENOENT'), { ...host, refused: true });
  expect(refused).toMatchObject({ do: 'nothing', why: expect.stringContaining('HADRILL_NO_ENGINE_INSTALL') });
  expect(planEngine(unreachable('ENOENT'), { ...host, refused: true, dockerd: true }).do).toBe('nothing');
  const user = planEngine(unreachable('ENOENT'), { ...host, root: false });
  expect(user).toMatchObject({ do: 'nothing', remedy: expect.stringContaining('apt-get install docker.io') });
  const arch = planEngine(unreachable('ENOENT'), { ...host, os_ids: ['arch'] });
  expect(arch).toMatchObject({ do: 'nothing', why: expect.stringContaining('neither Debian nor Ubuntu') });
});

test('an engine that somebody chose, or that refuses this user, is left alone', () => {
  expect(planEngine(unreachable('ENOENT', 'DOCKER_HOST'), host).do).toBe('nothing');
  expect(planEngine(unreachable('ENOENT', "docker context 'x'"), host).do).toBe('nothing');
  expect(planEngine(unreachable('EACCES'), host).do).toBe('nothing');
  expect(planEngine(unreachable('TIMEOUT'), host).do).toBe('nothing');
});

test('the distribution and what it is like', () => {
  expect(osIds('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n')).toEqual([
    'linuxmint',
    'ubuntu',
    'debian',
  ]);
  expect(osIds('')).toEqual([]);
});
