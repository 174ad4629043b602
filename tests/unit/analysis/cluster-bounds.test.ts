import { describe, expect, test } from 'vitest';
import { clusterBounds } from '../../../harness/analysis/cluster-bounds.ts';
import type { ClusterCause, Span } from '../../../harness/analysis/cluster-events.ts';
import { parseCib } from '../../../harness/measure/cib.ts';
import { event, sample } from './cluster-trial.ts';
import { MS } from './takeovers.ts';

const COROSYNC = `totem {
  version: 2
  token: 1000
}
nodelist {
  node {
    ring0_addr: 169.254.192.1
  }
  node {
    ring0_addr: 169.254.192.2
  }
}
`;
/** Every second, for five at most. */
const CIB = sample('cib.xml');
const cibOf = (xml: string) => parseCib(xml, 'cib.xml');
const span = (length_ms: number): Span => ({ first_ns: 7 * MS, last_ns: (7 + length_ms) * MS, events: [] });
const DONE = { stops: span(200), starts: span(250) };
const NOTHING_DONE = { stops: undefined, starts: undefined };

const LOST: ClusterCause = { kind: 'node-lost', event: event({ kind: 'node', desc: 'lost' }) };
const failedMonitor = (rc: number, resource = 'haproxy'): ClusterCause => ({
  kind: 'monitor-failed',
  event: event({ task: 'monitor', interval_ms: 1000, rc, resource }),
});
const ASKED: ClusterCause = { kind: 'asked', event: event({ task: 'stop', rc: 0 }) };

describe('a lost node', () => {
  test('is missed for token and consensus; then starting takes what it took, and nothing is stopped', () => {
    const bounds = clusterBounds(LOST, COROSYNC, undefined, DONE)!;
    // hold: 0.8 × 1000 / 4.2 - 10 = 180.4, in whole ms.
    expect(bounds.detection).toMatchObject({ low: 2020, high: 3250 });
    expect(bounds.takeover).toMatchObject({ low: 2270, high: 4500 });
    expect(bounds.takeover.from).toContain('start 0.25 s');
  });

  test('and nothing is started: the takeover is the detection, and another pause of the controller', () => {
    const bounds = clusterBounds(LOST, COROSYNC, undefined, NOTHING_DONE)!;
    expect(bounds.takeover).toMatchObject({ low: bounds.detection.low, high: bounds.detection.high + 1000 });
  });

  test.each<[string, string | undefined]>([
    ['can’t be read', undefined],
    ['can’t be followed', COROSYNC.replace('1000', 'soon')],
    ['ends too early', COROSYNC.slice(0, -3)],
  ])('has no bound where corosync.conf %s', (_, corosync_conf) => {
    expect(clusterBounds(LOST, corosync_conf, cibOf(CIB), DONE)).toBeUndefined();
  });
});

describe('a failed monitor', () => {
  test('whose agent saw at once that nothing runs: its interval, then stop and start', () => {
    const bounds = clusterBounds(failedMonitor(7), undefined, cibOf(CIB), DONE)!;
    expect(bounds.detection).toMatchObject({ low: 0, high: 1000 });
    expect(bounds.takeover).toMatchObject({ low: 450, high: 1450 });
  });

  test('whose agent had to wait: the timeout, too', () => {
    const bounds = clusterBounds(failedMonitor(1), undefined, cibOf(CIB), DONE)!;
    expect(bounds.detection).toMatchObject({ low: 0, high: 6000 });
    expect(bounds.takeover).toMatchObject({ low: 450, high: 6450 });
  });

  test('of the resource that failed, not of another', () => {
    const slower = CIB.replace(
      'id="vip-monitor" name="monitor" interval="1s"',
      'id="m" name="monitor" interval="9s"',
    );
    expect(slower).not.toBe(CIB);
    const high = (resource: string) =>
      clusterBounds(failedMonitor(7, resource), undefined, cibOf(slower), DONE)!.detection.high;
    expect([high('haproxy'), high('vip')]).toEqual([1000, 9000]);
  });

  test.each<[string, string | undefined, string]>([
    ['the CIB is not known', undefined, 'haproxy'],
    ['the CIB has no such resource', CIB, 'proxy'],
    ['its interval is no time', CIB.replaceAll('interval="1s"', 'interval="often"'), 'haproxy'],
    ['it is not repeated', CIB.replaceAll('interval="1s"', 'interval="0"'), 'haproxy'],
  ])('has no bound where %s', (_, cib, resource) => {
    const known = cib === undefined ? undefined : cibOf(cib);
    expect(clusterBounds(failedMonitor(7, resource), COROSYNC, known, DONE)).toBeUndefined();
  });
});

test.each<[string, ClusterCause | undefined]>([
  ['did what it was told to', ASKED],
  ['did nothing', undefined],
])('there is no bound where the cluster %s', (_, cause) => {
  expect(clusterBounds(cause, COROSYNC, cibOf(CIB), DONE)).toBeUndefined();
});
