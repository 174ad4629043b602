import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import { expect, onTestFinished, test } from 'vitest';
import { connectEngine } from '../../harness/engine/connect.ts';
import { ensureImages } from '../../harness/engine/ensure-images.ts';
import { freshFolder } from '../support/folder.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';

const EXAMPLE = path.join(REPOSITORY, 'examples/keepalived-pair');
const SAMPLES = path.join(REPOSITORY, 'tests/fixtures/init');

const PAIRS: { pair: string; options: string[]; notes: string[]; control: string }[] = [
  {
    pair: 'keepalived',
    options: ['r1', 'r2'].flatMap((node) => ['--keepalived', `${node}=${EXAMPLE}/${node}/keepalived.conf`]),
    notes: [],
    control: 'nobody took over within 10 s',
  },
  {
    pair: 'HAProxy under Pacemaker',
    options: ['corosync.conf', 'cib.xml', 'haproxy.cfg'].flatMap((name) => [
      `--${name.split('.')[0]}`,
      `${SAMPLES}/cluster/${name}`,
    ]),
    notes: ['note: the copy of the CIB has no fencing'],
    control: 'http.outage_ms: wanted <= 9.00 s',
  },
  {
    pair: 'dnsmasq',
    options: ['d1=a', 'd2=b'].flatMap((one) => [
      '--dnsmasq',
      `${one.replace('=', `=${SAMPLES}/dnsmasq/`)}.conf`,
    ]),
    notes: [],
    control: 'dhcp.gap_ms: wanted <= 9.00 s',
  },
];

test.for(PAIRS)(
  'what init writes around a pair of $pair runs at once, and its control fails',
  async ({ options, notes, control: words }, { skip }) => {
    const folder = await freshFolder();
    const made = await hadrill(['init', ...options, '--out', 'mine'], { cwd: folder });
    expect(made.code, made.stderr).toBe(0);
    expect(made.stdout).toContain('wrote mine/pair.clab.yml');
    for (const note of notes) expect(made.stderr).toContain(note);
    if (notes.length === 0) expect(made.stderr).toBe('');

    const drill = await hadrill(['run', 'mine/node-crash.drill.yml'], { cwd: folder, timeout_ms: 300_000 });
    skip(drill.code === 4 && drill.stdout.includes('starved'), 'the machine starved it');
    expect(drill.stdout).toMatch(/^PASS /m);
    expect(drill.code).toBe(0);

    const control = await hadrill(['run', 'mine/control.drill.yml'], { cwd: folder, timeout_ms: 300_000 });
    expect(control.code).toBe(1);
    expect(control.stdout).toContain(words);
  },
);

test('containers that run: their files, image and settings, and what is left out by name', async () => {
  const folder = await freshFolder();
  const engine = await connectEngine();
  const images = await ensureImages(engine, ['router']);
  const names = ['hadrill-test-init-1', 'hadrill-test-init-2'];
  onTestFinished(async () => {
    for (const name of names)
      await engine.docker
        .getContainer(name)
        .remove({ force: true })
        .catch(() => undefined);
  });
  for (const [at, name] of names.entries()) {
    const container: Docker.Container = await engine.docker.createContainer({
      name,
      Image: images.get('router')!.tag,
      Entrypoint: ['sleep'],
      Cmd: ['600'],
      Env: ['MODE=x', 'DB_PASSWORD=hunter2'],
      HostConfig: { NetworkMode: 'none', Binds: [`${EXAMPLE}/r${at + 1}:/srv/conf:ro`] },
    });
    await container.start();
    const link = ['sh', '-c', 'ln -s ../../srv/conf/keepalived.conf /etc/keepalived/keepalived.conf'];
    const exec = await container.exec({ Cmd: link });
    await (await exec.start({})).resume().toArray();
  }
  const made = await hadrill(['init', '--from-docker', ...names, '--out', 'mine'], { cwd: folder });
  expect(made.code, made.stderr).toBe(0);
  expect(made.stderr).toContain('what is mounted at /srv/conf');
  expect(made.stderr).toContain(
    'the environment variable DB_PASSWORD, which may be a secret, is not carried over',
  );
  const topology = await readFile(`${folder}/mine/pair.clab.yml`, 'utf8');
  expect(topology).toContain('MODE: x');
  expect(topology).not.toContain('hunter2');
  expect(await readFile(`${folder}/mine/${names[1]}/keepalived.conf`, 'utf8')).toBe(
    await readFile(`${EXAMPLE}/r2/keepalived.conf`, 'utf8'),
  );
  const nobody = await hadrill(['init', '--from-docker', names[0]!, 'hadrill-test-nobody'], { cwd: folder });
  expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no such container') });
});
