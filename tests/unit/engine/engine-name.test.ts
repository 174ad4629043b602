import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Engine } from '../../../harness/engine/connect.ts';
import { engineName, type VersionAnswer } from '../../../harness/engine/engine-name.ts';
import { engineCheck, limitsCheck } from '../../../harness/setup/engine-checks.ts';

/** What these engines really answered to `GET /version`. */
async function answerOf(engine: string): Promise<VersionAnswer> {
  const file = path.join(import.meta.dirname, '../../fixtures/engines', `${engine}.json`);
  return JSON.parse(await readFile(file, 'utf8')) as VersionAnswer;
}

test.each([
  ['docker-20.10.24', { name: 'docker', version: '20.10.24', api: '1.41' }],
  ['podman-4.3.1', { name: 'podman', version: '4.3.1', api: '1.41' }],
])('%s', async (engine, name) => {
  expect(engineName(await answerOf(engine))).toEqual(name);
});

test('an engine of before there were components is Docker', () => {
  expect(engineName({ Version: '17.05.0-ce', ApiVersion: '1.29' })).toEqual({
    name: 'docker',
    version: '17.05.0-ce',
    api: '1.29',
  });
});

const details = {
  cpus: 2,
  memory_bytes: 8e9,
  cgroup_version: '1',
  rootless: false,
  root_dir: '/var/lib/docker',
};

function checkOf(answer: VersionAnswer) {
  const place = { kernel: '6.1.0', arch: 'amd64', local: true, socket: '/s', url: 'unix:///s' };
  return engineCheck({ info: { ...engineName(answer), ...place } } as Engine, details);
}

test('an engine is judged by the API that it serves, not by its own version', async () => {
  const podman = checkOf(await answerOf('podman-4.3.1'));
  expect(podman.status).toBe('ok');
  expect(podman.detail).toContain('podman 4.3.1 (API 1.41) at unix:///s');
  expect(checkOf(await answerOf('docker-20.10.24')).status).toBe('ok');
});

test('what serves an older API is to be upgraded, each to its own version', async () => {
  const old = { ...(await answerOf('docker-20.10.24')), Version: '19.03.15', ApiVersion: '1.40' };
  expect(checkOf(old)).toMatchObject({
    status: 'missing',
    remedy: 'upgrade it to Docker 20.10 or newer: API 1.41 is needed',
  });
  expect(checkOf({ ...(await answerOf('podman-4.3.1')), ApiVersion: '1.40' })).toMatchObject({
    status: 'missing',
    remedy: expect.stringContaining('Podman 4.0'),
  });
});

test('what Podman does worse than Docker is said', async () => {
  const info = async (engine: string) => ({ info: engineName(await answerOf(engine)) }) as unknown as Engine;
  expect(limitsCheck(await info('docker-20.10.24'))).toBeUndefined();
  expect(limitsCheck(await info('podman-4.3.1'))).toMatchObject({
    status: 'limited',
    detail: expect.stringContaining('healthchecks'),
  });
});
