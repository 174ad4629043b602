import { expect } from 'vitest';
import { findLab } from '../../../harness/lab/find-lab.ts';
import type { Lab } from '../../../harness/lab/lab.ts';
import { output } from '../faults.ts';
import { engine } from '../labs.ts';
import { B, ping, WEB } from './ping.ts';
import type { MatrixRow } from './row.ts';

const SERVER = 'b/web-server';
const silent = async (lab: Lab) =>
  expect(await ping(lab, 'a', B, { count: 10 })).toMatchObject({ received: 0 });
const fetched = async (lab: Lab) =>
  (await lab.exec('a', ['curl', '-sS', '-o', '/dev/null', '-m', '2', WEB])).exit_code;

/** Faults of nodes and processes. */
export const nodeRows: readonly MatrixRow[] = [
  { kind: 'crash', on: 'faults', target: 'b', effect: silent },
  { kind: 'stop', on: 'faults', target: 'b', effect: silent },
  {
    kind: 'exec',
    on: 'faults',
    target: 'b',
    options: { apply: 'ip link set eth1 down', revert: 'ip link set eth1 up' },
    effect: silent,
  },
  {
    kind: 'hang',
    on: 'faults',
    target: SERVER,
    async effect(lab) {
      expect(await fetched(lab)).toBe(28);
      expect(await ping(lab, 'a', B, { count: 10 })).toMatchObject({ received: 10 });
    },
  },
  {
    kind: 'kill',
    on: 'faults',
    target: SERVER,
    async effect(lab) {
      expect(await fetched(lab)).toBe(7);
    },
  },
  {
    kind: 'remove-address',
    on: 'faults',
    target: 'b',
    options: { address: B },
    effect: silent,
  },
  {
    kind: 'restart',
    on: 'faults',
    target: SERVER,
    async effect(lab) {
      const processes = await output(lab, 'b', 'ps', '-eo', 'etimes=,args=');
      const age = /^\s*(\d+) .*web-server/m.exec(processes)?.[1];
      expect(Number(age)).toBeLessThan(30);
    },
  },
  {
    kind: 'upgrade',
    on: 'faults',
    target: 'b',
    options: { image: 'hadrill/router' },
    async effect(lab) {
      const found = await findLab(engine, lab.name);
      try {
        expect(await output(found, 'b', 'sh', '-c', 'command -v conntrackd')).toContain('conntrackd');
      } finally {
        found.disconnect();
      }
      expect(await ping(lab, 'a', B, { count: 10 })).toMatchObject({ received: 10 });
    },
  },
  {
    kind: 'bmc-silent',
    on: 'lb',
    target: 'lb1',
    async effect(lab) {
      const asked = (address: string) =>
        lab.exec('lb2', ['curl', '-ksS', '-o', '/dev/null', '-m', '2', `https://${address}/redfish/v1`]);
      expect((await asked('198.19.0.101')).exit_code).toBe(28);
      expect((await asked('198.19.0.102')).exit_code).toBe(0);
    },
  },
  {
    kind: 'bmc-refuses',
    on: 'lb',
    target: 'lb1',
    async effect(lab) {
      const reset = [
        '-u',
        'hadrill:hadrill',
        '-d',
        '{"ResetType":"ForceOff"}',
        '-m',
        '5',
        '-w',
        '%{http_code}',
      ];
      const url = 'https://198.19.0.101/redfish/v1/Systems/1/Actions/ComputerSystem.Reset';
      const said = await output(lab, 'lb2', 'curl', '-ksS', '-o', '/dev/null', ...reset, url);
      expect(said).toBe('503');
      expect(await output(lab, 'lb1', 'true')).toBe('');
    },
  },
  {
    kind: 'standby',
    on: 'lb',
    target: 'lb1',
    async effect(lab) {
      expect(await output(lab, 'lb2', 'crm_mon', '-1')).toMatch(/lb1.*standby/i);
    },
  },
];
