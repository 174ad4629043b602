import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshFile } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import {
  expectNothingLeft,
  freshLab,
  freshName,
  inspectLab,
  removeLabs,
  topologyFile,
} from '../support/labs.ts';

async function read(lab: string, node: string, file: string): Promise<string> {
  const done = await hadrill(['exec', lab, node, '--', 'cat', file]);
  expect(done, done.stderr).toMatchObject({ code: 0 });
  return done.stdout;
}

const NS_PER_MS = 1_000_000;

/** What came of a lab whose one node has these settings. */
async function upWith(
  lab: string,
  settings: string[],
): Promise<{ code: number | undefined; stderr: string }> {
  const file = await freshFile(
    'one.clab.yml',
    ['name: one', 'topology:', '  nodes:', '    a:', '      kind: linux', '      image: hadrill/endpoint']
      .concat(settings.map((line) => `      ${line}`))
      .concat('    b: { kind: linux, image: hadrill/endpoint }', '')
      .join('\n'),
  );
  return hadrill(['up', file, '--name', lab]);
}

describe('a lab whose nodes want everything', () => {
  const lab = freshName('dressed');
  let nodes: Map<string, Docker.ContainerInspectInfo>;
  const created_ms = (node: string) => Date.parse(nodes.get(node)!.Created);

  beforeAll(async () => {
    const done = await hadrill(['up', topologyFile('dressed'), '--name', lab]);
    expect(done, done.stderr).toMatchObject({ code: 0 });
    nodes = await inspectLab(lab);
  });
  afterAll(() => removeLabs(lab));

  test('startup-delay: the node comes that much later', () => {
    expect(created_ms('late') - created_ms('first')).toBeGreaterThanOrEqual(900);
    expect(nodes.get('late')!.State.Running).toBe(true);
  });

  test('exec runs in the node, and a node that waits for that is created afterwards', async () => {
    const configured_ms = Number(await read(lab, 'first', '/run/configured')) / NS_PER_MS;
    expect(created_ms('second')).toBeGreaterThanOrEqual(Math.floor(configured_ms));
  });

  test('commands of a stage run before and after its own work', async () => {
    expect(await read(lab, 'second', '/run/order')).toBe('enter\nexec\nexit\n');
  });

  test('up ends only when the healthcheck says healthy, and so do those who wait for it', async () => {
    const health = nodes.get('ailing')!.State.Health!;
    expect(health.Status).toBe('healthy');
    expect(health.Log.length).toBeGreaterThanOrEqual(3);
    const third = Date.parse(health.Log[2]!.Start);
    expect(created_ms('after-health')).toBeGreaterThanOrEqual(third);
  });

  test('a node that waits for the end of a job is created after it', () => {
    const job = nodes.get('job')!.State;
    expect(job).toMatchObject({ Running: false, ExitCode: 0 });
    expect(created_ms('after-job')).toBeGreaterThanOrEqual(Date.parse(job.FinishedAt));
  });

  test('sysctls and added capabilities arrive', async () => {
    expect(await read(lab, 'first', '/proc/sys/net/ipv4/ip_default_ttl')).toBe('99\n');
    const { HostConfig: host } = nodes.get('first')!;
    expect(host.Privileged).toBe(false);
    expect(host.CapAdd!.toSorted()).toEqual(['NET_ADMIN', 'NET_BIND_SERVICE', 'NET_RAW', 'SETGID', 'SETUID']);
    expect(nodes.get('second')!.HostConfig.CapAdd).not.toContain('NET_BIND_SERVICE');
  });

  test('binds are mounted, read-only where asked', async () => {
    expect(await read(lab, 'first', '/etc/greeting.txt')).toBe('good evening\n');
    expect(await read(lab, 'first', '/srv/folder/deeper/two.txt')).toBe('two\n');
    const write = await hadrill(['exec', lab, 'first', '--', 'sh', '-c', 'echo no > /etc/greeting.txt']);
    expect(write).toMatchObject({ code: 2, stderr: expect.stringContaining('Read-only file system') });
  });
});

test('binds are delivered as copies to an engine that does not see this machine’s files', async () => {
  const lab = freshLab('copied');
  const greeting = await freshFile('greeting.txt', 'from afar\n');
  const done = await hadrill(['up', await oneNodeWithBinds(greeting), '--name', lab], {
    env: { HADRILL_BINDS: 'copy' },
  });
  expect(done, done.stderr).toMatchObject({ code: 0 });
  expect((await inspectLab(lab)).get('a')!.Mounts).toEqual([]);
  expect(await read(lab, 'a', '/etc/greeting.txt')).toBe('from afar\n');
  expect(await read(lab, 'a', '/srv/folder/one.txt')).toBe('one\n');
  expect(await read(lab, 'a', '/srv/folder/deeper/two.txt')).toBe('two\n');
});

async function oneNodeWithBinds(greeting: string): Promise<string> {
  const folder = topologyFile('dressed').replace(/dressed\.clab\.yml$/, 'folder');
  return freshFile(
    'copied.clab.yml',
    `name: copied\ntopology:\n  nodes:\n    a:\n      kind: linux\n      image: hadrill/endpoint\n      binds: ["${greeting}:/etc/greeting.txt:ro", "${folder}:/srv/folder"]\n`,
  );
}

describe('a lab that cannot be built leaves nothing and says why', () => {
  test('a command that fails', async () => {
    const lab = freshLab('failing');
    const done = await upWith(lab, ['exec: ["sh -c \\"echo no such thing >&2; exit 9\\""]']);
    expect(done.code).toBe(3);
    expect(done.stderr).toMatch(
      /^hadrill: node 'a': the command 'sh -c echo no such thing >&2; exit 9' ended with 9: no such thing$/m,
    );
    await expectNothingLeft(lab);
  });

  test('a node that never gets healthy', async () => {
    const lab = freshLab('ill');
    const done = await upWith(lab, [
      'cmd: sh -c "echo I have a cold; sleep 600"',
      'healthcheck: { test: [CMD-SHELL, "echo atchoo; exit 1"], interval: 1, timeout: 1, retries: 1 }',
    ]);
    expect(done.code).toBe(4);
    expect(done.stderr).toMatch(/^hadrill: waited \d+\.\d s for node 'a' to be healthy$/m);
    expect(done.stderr).toMatch(/^last seen: unhealthy: atchoo$/m);
    expect(done.stderr).toMatch(/^ {2}\| I have a cold$/m);
    await expectNothingLeft(lab);
  });

  test('a node that stops right after its start', async () => {
    const lab = freshLab('stopping');
    const done = await upWith(lab, ['entrypoint: sh -c "echo goodbye; exit 5"']);
    expect(done.code).toBe(3);
    expect(done.stderr).toMatch(/^hadrill: node 'a' \(image \S+\) stopped .*exit code 5/m);
    expect(done.stderr).toContain('goodbye');
    await expectNothingLeft(lab);
  });

  test('a node that stops before it is healthy', async () => {
    const lab = freshLab('fainting');
    const done = await upWith(lab, [
      'entrypoint: sh -c "sleep 2; echo goodbye; exit 5"',
      'healthcheck: { test: [CMD, "false"], start-period: 60, interval: 1, timeout: 1, retries: 60 }',
    ]);
    expect(done.code).toBe(3);
    expect(done.stderr).toMatch(
      /^hadrill: node 'a' \(image \S+\) stopped before it was healthy with exit code 5/m,
    );
    expect(done.stderr).toContain('goodbye');
    await expectNothingLeft(lab);
  });
});
