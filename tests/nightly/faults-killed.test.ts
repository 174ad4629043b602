import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output, pings } from '../support/faults.ts';
import { startHadrill } from '../support/hadrill.ts';
import { engine, freshLab, freshName, removeLabs, topologyFile, waitNothingLeft } from '../support/labs.ts';
import { addPoliteService, pidsOf } from '../support/services.ts';
import { rate, startTicker, ticks } from '../support/ticker.ts';
import { expectTicking, tickingHosts } from '../support/ticking-hosts.ts';

const name = freshName('faults-killed');
let lab: Lab;
beforeAll(async () => {
  lab = await tickingHosts(name);
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

const whole = () => expectTicking(lab);

interface Row {
  kind: string;
  target: string;
  options?: Record<string, string>;
  /** Whether it is broken; undefined of what is over as soon as it is done. */
  broken?: () => Promise<boolean>;
}

const shown = async (...command: string[]) => (await output(lab, 'victim1', ...command)).trim();
const canWrite = async () =>
  (await lab.exec('victim1', ['sh', '-c', 'echo x > /srv/new && rm /srv/new'])).exit_code === 0;
const SERVICES = '/etc/services';

const ROWS: Row[] = [
  {
    kind: 'bad-config',
    target: 'victim1/runsv',
    options: { file: SERVICES, signal: 'SIGCHLD' },
    broken: async () => (await shown('tail', '-n', '1', SERVICES)).includes('mistake'),
  },
  {
    kind: 'conntrack-full',
    target: 'victim1',
    broken: async () => Number(await shown('cat', '/proc/sys/net/netfilter/nf_conntrack_count')) > 10_000,
  },
  ...['disk-full', 'read-only-fs'].map((kind) => ({
    kind,
    target: 'victim1',
    options: { path: '/srv' },
    broken: async () => !(await canWrite()),
  })),
  {
    kind: 'port-exhaust',
    target: 'victim1',
    broken: async () => (await shown('cat', '/proc/sys/net/ipv4/ip_local_reserved_ports')) !== '',
  },
  { kind: 'pause', target: 'host:machine1', broken: async () => (await rate(lab, 'victim1')) === 0 },
  {
    kind: 'cpu-starve',
    target: 'host:machine1',
    options: { percent: '2' },
    broken: async () => (await rate(lab, 'victim2')) < 20,
  },
  {
    kind: 'kill-loop',
    target: 'victim1/polite',
    broken: async () => (await pidsOf(lab, 'victim1', 'polite')).length === 0,
  },
  { kind: 'oom', target: 'victim1/polite' },
  {
    kind: 'fd-exhaust',
    target: 'victim1/ticker',
    broken: async () => (await ticks(lab, 'victim1')).said === 'Too many open files',
  },
];

test.each(ROWS)('when the command is killed, the fabric heals $kind of $target', async (row) => {
  const { kind, target, options = {}, broken } = row;
  const words = Object.entries(options).flatMap(([key, value]) => ['--option', `${key}=${value}`]);
  const file = await shown('md5sum', SERVICES);
  const command = startHadrill(['fault', name, kind, target, ...words]);
  await command.said(/, at /m);
  if (broken) await waitUntil({ what: 'it to be broken', timeout_ms: 10_000, check: broken });
  command.signal('SIGKILL');
  await command.ended;
  if (broken)
    await waitUntil({
      what: 'it to be healed',
      timeout_ms: 30_000,
      check: async () => !(await broken()),
    });
  await whole();
  expect(await shown('md5sum', SERVICES)).toBe(file);
  expect((await ticks(lab, 'victim1')).said).toBe('opens');
  await pings(lab, 'peer', '198.18.1.1');
});

describe('a lab in which it is in effect is removed by its fabric, when the harness is gone', () => {
  test.each(ROWS)('$kind of $target', async ({ kind, target, options }) => {
    const own = freshLab('broken');
    const other = await up(engine, await loadTopology(topologyFile('hosts')), { name: own });
    if (target.startsWith('victim1/')) await addPoliteService(other, 'victim1', true);
    if (target.endsWith('ticker')) await startTicker(other, 'victim1');
    await inject(other, kind, target, options);
    other.disconnect();
    await waitNothingLeft(own, 30_000);
  });
});
