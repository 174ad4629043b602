import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ClusterEvent } from '../../../../../harness/systems/pacemaker/findings/cluster-events.ts';
import { FAULT_NS, MS } from '../../../analysis/takeovers.ts';

const FIXTURES = path.join(import.meta.dirname, '../../../../fixtures/cluster');

/** A recorded trial in which the node that had everything lost its power. */
export const CRASH = path.join(FIXTURES, 'crash');

/** A file of the fixtures, as text. */
export const sample = (name: string) => readFileSync(path.join(FIXTURES, name), 'utf8');

/** Of the alerts in `kill/`: the lab's epoch, and when HAProxy was killed and the healing began. */
export const KILL = {
  epoch_ns: 1_795_396_918_716_268_466n,
  fault_ns: 8_093_783_892,
  heal_ns: 12_396_335_257,
};

/** The alert agents' epoch, so that times in alerts are short. */
export const EPOCH_NS = 1_700_000_000_000_000_000n;

interface Alert {
  kind?: string;
  node?: string;
  resource?: string;
  task?: string;
  interval_ms?: number;
  rc?: number;
  status?: number;
  exec_ms?: number;
  desc?: string;
}

/** A line of an alert agent; `at_ms` counts from the fault. */
export function alertLine(at_ms: number, alert: Alert): string {
  const { kind = 'resource', node = 'lb1', resource, task, interval_ms, rc, status, exec_ms, desc } = alert;
  const us = (EPOCH_NS + BigInt(Math.round(FAULT_NS + at_ms * MS))) / 1000n;
  const time = `${us / 1_000_000n}.${(us % 1_000_000n).toString().padStart(6, '0')}`;
  const rest = [resource, task, interval_ms, rc, status, exec_ms, desc].map((one) => one ?? '');
  return `${[time, kind, node, ...rest].join('\t')}\n`;
}

/** An operation that went well. */
export const done = (at_ms: number, task: string, change: Alert = {}) =>
  alertLine(at_ms, {
    ...{ resource: 'vip', task, interval_ms: 0, rc: 0, status: 0, exec_ms: 100, desc: 'OK' },
    ...change,
  });

/** A monitor that found its resource dead. */
export const failed = (at_ms: number, change: Alert = {}) =>
  done(at_ms, 'monitor', {
    ...{ resource: 'haproxy', interval_ms: 1000, rc: 7, exec_ms: 0, desc: 'Not running' },
    ...change,
  });

/** A member that came or went. */
export const member = (at_ms: number, desc: 'lost' | 'member', node = 'lb1') =>
  alertLine(at_ms, { kind: 'node', node, desc });

/** Without what does not matter here. */
export const event = (change: Partial<ClusterEvent>): ClusterEvent => ({
  ...{ at_ns: 0, kind: 'resource', node: 'lb1' },
  ...change,
});
