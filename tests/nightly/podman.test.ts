import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { noPodman, OwnPodman } from '../support/own-podman.ts';

/** One of each family. */
const DRILLS = ['l3/node-crash', 'dhcp/node-crash', 'lb/haproxy-kill', 'metadata/agent-kill'];
const IMAGES = ['base', 'fabric', 'endpoint', 'router', 'dhcp', 'dhcp-client', 'cluster', 'network-node'];

describe.skipIf(noPodman)(`on Podman${noPodman ? ` (skipped: ${noPodman})` : ''}`, () => {
  let podman: OwnPodman;

  beforeAll(async () => {
    podman = new OwnPodman();
    await podman.begin(IMAGES);
  });
  afterAll(() => podman.end());

  test('doctor finds nothing missing', async () => {
    const done = await hadrill(['doctor'], { env: podman.env });
    expect(done, done.stdout).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(/^ok +engine +podman \d/m);
  });

  test.for(DRILLS)('%s passes, and leaves nothing', async (drill, context) => {
    const { out } = await RunResults.create();
    const options = ['--trials', '1', '--seed', '7', '--json', '--out', out];
    const done = await hadrill(['run', drill, ...options], { env: podman.env, timeout_ms: 300_000 });
    expect([0, 1, 4], done.stderr).toContain(done.code);
    const journal = JSON.parse(done.stdout) as Journal;
    expect(journal.environment.engine).toMatch(/^podman \d/);
    const { docker } = await podman.connect();
    expect(await docker.listContainers({ all: true })).toEqual([]);
    const [trial] = journal.trials;
    context.skip(/starved/.test(trial!.reason ?? ''), `${drill}: ${trial!.reason}`);
    expect(journal.verdict, trial!.reason).toBe('pass');
  });
});
