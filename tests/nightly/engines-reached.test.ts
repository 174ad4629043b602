import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { waitNoLab } from '../support/engine-runs.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { drillFile, labContainers } from '../support/labs.ts';
import { noOwnEngine, OwnEngine } from '../support/own-engine.ts';
import { Authority, freePort, noSshd, sshKey, startSshd } from '../support/reached-engine.ts';

const IMAGES = ['fabric', 'endpoint', 'router'];
const TIMEOUT_MS = 600_000;
const REFUSED = 3;
const RUN = ['run', drillFile('quick-crash'), '--trials', '2', '--seed', '5', '--json'];

const folder = mkdtempSync(path.join(tmpdir(), 'hadrill-reached-'));
const own = Promise.all([Authority.create(path.join(folder, 'tests')), freePort()]).then(
  async ([authority, port]) => {
    const server = await authority.sign('server', 'serverAuth');
    const engine = new OwnEngine([
      ...['--tlsverify', '--tlscacert', authority.certificate],
      ...['--tlscert', path.join(server, 'cert.pem'), '--tlskey', path.join(server, 'key.pem')],
      ...['-H', `tcp://127.0.0.1:${port}`],
    ]);
    return { authority, port, engine };
  },
);

/** The machine's own engine, and the other one as it is reached. */
const both = (reached: string) => `a=unix:///var/run/docker.sock,b=${reached}`;

/** Makes a run over both; each makes a trial at least, and nothing is left on either. */
async function expectBoth(reached: string, env: Record<string, string> = {}): Promise<void> {
  const { engine } = await own;
  const results = await RunResults.create();
  const args = [...RUN, '--engines', both(reached), '--out', results.out];
  const done = await hadrill(args, { env, timeout_ms: TIMEOUT_MS });
  // Two labs on one small machine starve each other: what is judged is who made what.
  expect([0, 4], done.stderr).toContain(done.code);
  const { trials, repeated, environment } = JSON.parse(done.stdout) as Journal;
  expect(trials.map(({ index }) => index)).toEqual([1, 2]);
  expect(new Set([...trials, ...repeated].map((trial) => trial.engine))).toEqual(new Set(['a', 'b']));
  expect(environment.engines?.map(({ name }) => name)).toEqual(['a', 'b']);
  const labs = (await results.events()).flatMap(({ event, lab }) => (event === 'lab' && lab ? [lab] : []));
  expect(labs.length).toBeGreaterThanOrEqual(2);
  for (const lab of labs) expect((await labContainers(lab)).map(({ Names: [name] }) => name)).toEqual([]);
  await waitNoLab(engine, 5000);
}

/** Such an address is refused, in words, before anything was done on either. */
async function expectRefused(reached: string, words: RegExp): Promise<void> {
  const { docker } = await (await own).engine.connect();
  const results = await RunResults.create();
  const done = await hadrill([...RUN, '--engines', both(reached), '--out', results.out]);
  expect(done.code, done.stderr).toBe(REFUSED);
  expect(done.stderr).toMatch(words);
  expect(done.stderr).not.toMatch(/^ +at /m);
  expect(await results.folder()).toBeUndefined();
  expect(await docker.listContainers({ all: true })).toEqual([]);
}

describe.skipIf(noOwnEngine)(noOwnEngine ?? 'an engine that is reached', () => {
  beforeAll(async () => (await own).engine.begin(IMAGES), TIMEOUT_MS);
  afterAll(async () => {
    await (await own).engine.end();
    rmSync(folder, { recursive: true });
  }, TIMEOUT_MS);

  describe('by TCP with TLS', () => {
    const reached = async (certs: string) => {
      const { port, engine } = await own;
      return `tcp://127.0.0.1:${port}?certs=${certs}&socket=${engine.socket}`;
    };

    test('makes its part of a run', { timeout: TIMEOUT_MS }, async () => {
      await expectBoth(await reached(await (await own).authority.sign('client', 'clientAuth')));
    });

    test('refuses a client whose certificate another authority has signed', async () => {
      const other = await Authority.create(path.join(folder, 'other-client'));
      const certs = await other.sign('client', 'clientAuth');
      await execa('cp', [(await own).authority.certificate, path.join(certs, 'ca.pem')]);
      await expectRefused(await reached(certs), /engine 'b': .*TLS fails, the certificates do not fit/);
    });

    test('is refused when another authority has signed its certificate', async () => {
      const certs = await (await own).authority.sign('mistrustful', 'clientAuth');
      const other = await Authority.create(path.join(folder, 'other-server'));
      await execa('cp', [other.certificate, path.join(certs, 'ca.pem')]);
      await expectRefused(await reached(certs), /engine 'b': .*TLS fails, the certificates do not fit/);
    });

    test('is refused with a key that is not that of the certificate', async () => {
      const [one, other] = [
        await (await own).authority.sign('one', 'clientAuth'),
        await (await own).authority.sign('two', 'clientAuth'),
      ];
      await execa('cp', [path.join(other, 'key.pem'), path.join(one, 'key.pem')]);
      await expectRefused(await reached(one), /engine 'b': .*TLS fails, the certificates do not fit/);
    });
  });

  test('by a context of the docker command, it makes its part of a run', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const { authority, port, engine } = await own;
    const certs = await authority.sign('context', 'clientAuth');
    const config = path.join(folder, 'config');
    const files = ['ca', 'cert', 'key'].map((name) => `${name}=${path.join(certs, `${name}.pem`)}`);
    const context = [`host=tcp://127.0.0.1:${port}`, ...files].join(',');
    const env = { DOCKER_CONFIG: config };
    await execa('docker', ['context', 'create', 'far', '--docker', context], { env });
    await expectBoth(`context:far?socket=${engine.socket}`, env);
  });

  describe.skipIf(noSshd)(noSshd ?? 'by SSH', () => {
    let key: string;
    let server: Awaited<ReturnType<typeof startSshd>>;
    beforeAll(async () => {
      key = await sshKey(folder, 'user');
      server = await startSshd(folder, key, (await own).engine.env);
    });
    afterAll(() => server?.end());
    const reached = async (file: string) =>
      `ssh://${userInfo().username}@127.0.0.1:${server.port}?key=${file}&socket=${(await own).engine.socket}`;

    test('it makes its part of a run', { timeout: TIMEOUT_MS }, async () => {
      await expectBoth(await reached(key));
      expect(await readFile(path.join(folder, 'sshd.log'), 'utf8')).toMatch(/Accepted publickey/);
    });

    test('another key is refused', async () => {
      const other = await sshKey(folder, 'other');
      await expectRefused(await reached(other), /engine 'b': .*SSH does not let this user in/);
    });
  });
});
