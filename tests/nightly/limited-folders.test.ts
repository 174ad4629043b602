import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output } from '../support/faults.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const name = freshName('limited-folders');
let lab: Lab;
beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('faults')), { name });
  // Adds a letter to a file that it holds open, every tenth of a second.
  const script = 'exec 5>>/srv/log; while :; do printf x >&5; sleep 0.1; done';
  await output(lab, 'b', 'sh', '-c', `setsid sh -c '${script}' > /dev/null 2>&1 & sleep 0.5`);
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

const sizeOf = async (file: string) => Number(await output(lab, 'b', 'stat', '-c', '%s', file));

test.each(['disk-full', 'read-only-fs'])('%s says who could write on', async (kind) => {
  await expect(inject(lab, kind, 'b', { path: '/srv' })).rejects.toThrow(
    /does not reach what is open for writing: sh \(process \d+\): \/srv\/log/,
  );
  await output(lab, 'b', 'sh', '-c', 'echo x > /srv/new && rm /srv/new');
});

test.each(['disk-full', 'read-only-fs'])(
  '%s with open=keep: it writes on, and nothing of that is lost',
  async (kind) => {
    const before = await sizeOf('/srv/log');
    const { injection } = await inject(lab, kind, 'b', { path: '/srv', open: 'keep' });
    expect((await lab.exec('b', ['sh', '-c', 'head -c 8192 /dev/zero >> /srv/log'])).exit_code).not.toBe(0);
    await output(lab, 'b', 'sleep', '1');
    await injection.heal();
    const after = await sizeOf('/srv/log');
    expect(after).toBeGreaterThan(before + 5);
    expect(after, 'what was refused is not there').toBeLessThan(before + 4096);
    await injection.heal();
    await output(lab, 'b', 'sh', '-c', 'echo x > /srv/new && rm /srv/new');
  },
);

test('a folder that cannot be limited is refused with the reason', async () => {
  const devices = { path: '/dev', open: 'keep' };
  await expect(inject(lab, 'disk-full', 'b', devices)).rejects.toThrow(/cannot be copied/);
  await expect(inject(lab, 'disk-full', 'b', { path: '/nowhere' })).rejects.toThrow(/nowhere/);
  await expect(inject(lab, 'read-only-fs', 'b', { path: '/proc' })).rejects.toThrow(/proc/);
});
