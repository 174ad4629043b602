import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectEngine, EngineUnreachableError } from '../../../harness/engine/connect.ts';
import { resolveEndpoint } from '../../../harness/engine/endpoint.ts';
import { EnvironmentError } from '../../../harness/ground/errors.ts';

let config: string;

beforeEach(async () => {
  config = await mkdtemp(path.join(tmpdir(), 'hadrill-docker-'));
});
afterEach(() => rm(config, { recursive: true, force: true }));

async function context(name: string, host: string): Promise<void> {
  const folder = path.join(config, 'contexts/meta', createHash('sha256').update(name).digest('hex'));
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'meta.json'),
    JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }),
  );
}

test('DOCKER_HOST decides, whatever its scheme', () => {
  const at = (DOCKER_HOST: string) =>
    resolveEndpoint({ DOCKER_HOST, DOCKER_CONTEXT: 'other', SSH_AUTH_SOCK: '/agent' });
  expect(at('unix:///x/y.sock')).toMatchObject({ socket: '/x/y.sock', options: { socketPath: '/x/y.sock' } });
  expect(at('tcp://203.0.113.7:2375')).toMatchObject({
    from: 'DOCKER_HOST',
    socket: undefined,
    options: { host: '203.0.113.7', port: '2375', protocol: 'http' },
  });
  expect(at('lab.example:2376').options).toMatchObject({
    host: 'lab.example',
    port: '2376',
    protocol: 'https',
  });
  expect(at('ssh://ops@lab.example').options).toEqual({
    host: 'lab.example',
    port: 22,
    protocol: 'ssh',
    username: 'ops',
    sshOptions: { agent: '/agent' },
  });
});

test('an address that is none is said so', () => {
  for (const DOCKER_HOST of ['ftp://x', 'tcp://:::', 'nonsense://']) {
    expect(() => resolveEndpoint({ DOCKER_HOST })).toThrow(EnvironmentError);
  }
});

test('the current context counts, DOCKER_CONTEXT before it, and default means none', async () => {
  await context('lab', 'tcp://203.0.113.7:2375');
  await context('desktop', 'unix:///home/me/desktop.sock');
  await writeFile(path.join(config, 'config.json'), JSON.stringify({ currentContext: 'lab' }));
  const env = { DOCKER_CONFIG: config };
  expect(resolveEndpoint(env)).toMatchObject({ url: 'tcp://203.0.113.7:2375', from: "docker context 'lab'" });
  expect(resolveEndpoint({ ...env, DOCKER_CONTEXT: 'desktop' }).socket).toBe('/home/me/desktop.sock');
  expect(resolveEndpoint({ ...env, DOCKER_CONTEXT: 'default' }).from).toBe('default');
  expect(() => resolveEndpoint({ ...env, DOCKER_CONTEXT: 'gone' })).toThrow(
    /docker context 'gone' cannot be read/,
  );
});

test('an engine that is not there: the endpoint, why, and what to do', async () => {
  const failure = await connectEngine({ DOCKER_HOST: 'unix:///nonexistent/docker.sock' }).catch(
    (e: unknown) => e,
  );
  expect(failure).toBeInstanceOf(EngineUnreachableError);
  const { message, remedy, exitCode, code } = failure as EngineUnreachableError;
  expect(message).toMatch(/unix:\/\/\/nonexistent\/docker.sock \(from DOCKER_HOST\): .*ENOENT/);
  expect(remedy).toContain('DOCKER_HOST');
  expect([exitCode, code]).toEqual([3, 'ENOENT']);
});
