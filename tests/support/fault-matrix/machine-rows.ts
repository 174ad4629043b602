import { expect } from 'vitest';
import { sleep } from '../../../harness/ground/wait.ts';
import type { Lab } from '../../../harness/lab/lab.ts';
import { output } from '../faults.ts';
import { B, ping, WEB } from './ping.ts';
import type { MatrixRow } from './row.ts';

const SERVER = 'b/web-server';
/** The exit statuses of curl(1). */
const [REFUSED, TOO_LATE] = [7, 28];

const fetched = async (lab: Lab) =>
  (await lab.exec('a', ['curl', '-sS', '-o', '/dev/null', '-m', '2', WEB])).exit_code;

/** What is said when a file in b's /var/lib is written. */
const written = async (lab: Lab) =>
  (await lab.exec('b', ['sh', '-c', 'head -c 1 /dev/zero > /var/lib/new'])).stderr;

async function expectPings(lab: Lab): Promise<void> {
  expect(await ping(lab, 'a', B, { count: 10 })).toMatchObject({ received: 10 });
}

/** Faults of machines that run badly, and of processes that lack something. */
export const machineRows: readonly MatrixRow[] = [
  {
    kind: 'bad-config',
    on: 'faults',
    target: 'b/runsv',
    // A signal that it handles, and that means nothing to it.
    options: { file: '/etc/services', signal: 'SIGCHLD' },
    async effect(lab) {
      expect(await output(lab, 'b', 'tail', '-n', '1', '/etc/services')).toBe('this line is a mistake {\n');
    },
  },
  {
    kind: 'conntrack-full',
    on: 'faults',
    target: 'b',
    async effect(lab) {
      expect(
        Number(await output(lab, 'b', 'cat', '/proc/sys/net/netfilter/nf_conntrack_count')),
      ).toBeGreaterThan(
        Number(await output(lab, 'b', 'cat', '/proc/sys/net/netfilter/nf_conntrack_max')) - 200,
      );
    },
  },
  {
    kind: 'cpu-starve',
    on: 'faults',
    target: 'b',
    options: { percent: '1' },
    async effect(lab) {
      const answers = Array.from({ length: 5 }, () => fetched(lab));
      const began = performance.now();
      for (const answer of answers) await answer;
      expect(performance.now() - began, 'a burst comes every second').toBeGreaterThan(500);
      await expectPings(lab);
    },
  },
  {
    kind: 'disk-full',
    on: 'faults',
    target: 'b',
    options: { path: '/var/lib' },
    async effect(lab) {
      expect(await written(lab)).toMatch(/No space left on device/);
      expect(await output(lab, 'b', 'ls', '/var/lib/dpkg')).toContain('status');
    },
  },
  {
    kind: 'read-only-fs',
    on: 'faults',
    target: 'b',
    options: { path: '/var/lib' },
    async effect(lab) {
      expect(await written(lab)).toMatch(/Read-only file system/);
      expect(await output(lab, 'b', 'ls', '/var/lib/dpkg')).toContain('status');
    },
  },
  {
    kind: 'fd-exhaust',
    on: 'faults',
    target: SERVER,
    async effect(lab) {
      expect(await fetched(lab)).toBe(TOO_LATE);
      await expectPings(lab);
    },
  },
  {
    kind: 'kill-loop',
    on: 'faults',
    target: SERVER,
    options: { supervised: 'yes' },
    async effect(lab) {
      for (let second = 0; second < 3; second += 1) {
        expect(await fetched(lab)).toBe(REFUSED);
        await sleep(1000);
      }
    },
  },
  {
    kind: 'oom',
    on: 'faults',
    target: SERVER,
    async effect(lab) {
      expect(await fetched(lab)).toBe(REFUSED);
      await expectPings(lab);
    },
  },
  {
    kind: 'pause',
    on: 'faults',
    target: 'b',
    async effect(lab) {
      expect(await fetched(lab)).toBe(TOO_LATE);
      await expectPings(lab);
    },
  },
  {
    kind: 'port-exhaust',
    on: 'faults',
    target: 'a',
    async effect(lab) {
      const { stderr } = await lab.exec('a', ['curl', '-sS', '-o', '/dev/null', '-m', '2', WEB]);
      expect(stderr).toMatch(/Cannot assign requested address|Failed to connect|Couldn't connect/);
      expect(await lab.exec('c', ['curl', '-sS', '-o', '/dev/null', '-m', '2', WEB])).toMatchObject({
        exit_code: 0,
      });
    },
  },
  {
    kind: 'reboot',
    on: 'faults',
    target: 'b',
    options: { down: '1s' },
    async effect(lab) {
      const age = (await output(lab, 'b', 'ps', '-o', 'etimes=', '-p', '1')).trim();
      expect(Number(age)).toBeLessThan(30);
    },
  },
];
