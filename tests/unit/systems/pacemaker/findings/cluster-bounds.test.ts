import { describe, expect, test } from 'vitest';
import { parseCib } from '../../../../../harness/systems/pacemaker/config/cib.ts';
import { clusterBounds } from '../../../../../harness/systems/pacemaker/findings/cluster-bounds.ts';
import type { ClusterCause, Span } from '../../../../../harness/systems/pacemaker/findings/cluster-events.ts';
import { MS } from '../../../analysis/takeovers.ts';
import { event, sample } from './cluster-trial.ts';

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
    const bounds = clusterBounds(LOST, COROSYNC, undefined, DONE);
    // hold: 0.8 × 1000 / 4.2 - 10 = 180.4, in whole ms.
    expect(bounds.detection).toMatchObject({ low: 2020, high: 3250 });
    expect(bounds.takeover).toMatchObject({ low: 2270, high: 4500 });
    expect(bounds.takeover?.from).toContain('start 0.25 s');
  });

  test('and nothing is started: the takeover is the detection, and another pause of the controller', () => {
    const bounds = clusterBounds(LOST, COROSYNC, undefined, NOTHING_DONE);
    expect(bounds.takeover).toMatchObject({
      low: bounds.detection!.low,
      high: bounds.detection!.high + 1000,
    });
  });

  test('and the member that is left ends other operations first: up to what these took, one after the other', () => {
    const bounds = clusterBounds(LOST, COROSYNC, undefined, { ...DONE, others_ms: 2433 });
    expect(bounds.detection).toMatchObject({ low: 2020, high: 3250 });
    expect(bounds.takeover).toMatchObject({ low: 2270, high: 4500 + 2433 });
    expect(bounds.takeover?.from).toContain('up to 2.433 s (operations on other resources before it');
  });

  test.each<[string, string | undefined, string]>([
    ['can’t be read', undefined, 'no corosync.conf of a member could be read'],
    [
      'can’t be followed',
      COROSYNC.replace('1000', 'soon'),
      "corosync.conf:3: token must be a whole number from 30 to 4294967295, not 'soon'",
    ],
    ['ends too early', COROSYNC.slice(0, -3), "corosync.conf:5: section 'nodelist' is never closed"],
  ])('has no bound where corosync.conf %s, and a reason', (_, corosync_conf, why) => {
    const { missing, ...bounds } = clusterBounds(LOST, corosync_conf, cibOf(CIB), DONE);
    expect(bounds).toEqual({});
    expect(missing).toEqual({ detection: why, takeover: why });
  });
});

describe('a failed monitor', () => {
  test('whose agent saw at once that nothing runs: its interval, then stop and start', () => {
    const bounds = clusterBounds(failedMonitor(7), undefined, cibOf(CIB), DONE);
    expect(bounds.detection).toMatchObject({ low: 0, high: 1000 });
    expect(bounds.takeover).toMatchObject({ low: 450, high: 1450 });
  });

  test('whose agent had to wait: the timeout, too', () => {
    const bounds = clusterBounds(failedMonitor(1), undefined, cibOf(CIB), DONE);
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
      clusterBounds(failedMonitor(7, resource), undefined, cibOf(slower), DONE).detection!.high;
    expect([high('haproxy'), high('vip')]).toEqual([1000, 9000]);
  });

  const never = 'no monitor of this resource has an interval, so Pacemaker never sees it fail';
  test.each<[string, string | undefined, string, string]>([
    ['the CIB is not known', undefined, 'haproxy', "the cluster's configuration could not be read"],
    ['the CIB has no such resource', CIB, 'proxy', "resource 'proxy' is not in the configuration"],
    ['its interval is not a time', CIB.replaceAll('interval="1s"', 'interval="often"'), 'haproxy', never],
    ['it is not repeated', CIB.replaceAll('interval="1s"', 'interval="0"'), 'haproxy', never],
    [
      'its interval is not followed',
      CIB.replaceAll('interval="1s"', 'interval="P1D"'),
      'haproxy',
      "the interval 'P1D' is not followed",
    ],
  ])('has no bound where %s, and a reason', (_, cib, resource, why) => {
    const known = cib === undefined ? undefined : cibOf(cib);
    const { missing, ...bounds } = clusterBounds(failedMonitor(7, resource), COROSYNC, known, DONE);
    expect(bounds).toEqual({});
    expect(missing.detection).toContain(why);
    expect(missing.takeover).toContain(why);
  });

  test('that Pacemaker does not act on is noticed, and no more is known', () => {
    const ignored = CIB.replaceAll('interval="1s"', 'interval="1s" on-fail="ignore"');
    const { detection, takeover, missing } = clusterBounds(failedMonitor(7), undefined, cibOf(ignored), DONE);
    expect(detection).toMatchObject({ low: 0, high: 1000 });
    expect(takeover).toBeUndefined();
    expect(missing).toEqual({
      takeover: "on-fail=ignore of the monitor of 'haproxy': Pacemaker does not recover it",
    });
  });
});

describe('a failed monitor of what Pacemaker does not manage', () => {
  const OP = '<op id="haproxy-monitor"';
  test.each([
    ['is-managed', 'false', /^'haproxy' has is-managed=false: Pacemaker does not recover it$/],
    ['maintenance', 'yes', /^'haproxy' has maintenance=yes: Pacemaker does not recover it$/],
  ])('%s=%s: no takeover is to be expected', (name, value, says) => {
    const set = `<meta_attributes id="m"><nvpair id="m-n" name="${name}" value="${value}"/></meta_attributes>`;
    const cib = CIB.replace(/(<primitive id="haproxy"[^>]*>)/, `$1${set}`);
    expect(cib).toContain(set);
    expect(CIB).toContain(OP);
    const { detection, takeover, missing } = clusterBounds(failedMonitor(7), undefined, cibOf(cib), DONE);
    expect(detection).toMatchObject({ low: 0, high: 1000 });
    expect(takeover).toBeUndefined();
    expect(missing.takeover).toMatch(says);
  });
});

test('a failed monitor of a promoted instance: what looks at the others does not count', () => {
  const cib = parseCib(
    `<cib><configuration><resources><clone id="c"><meta_attributes id="m"><nvpair id="m-p" name="promotable" value="true"/></meta_attributes>
    <primitive id="db" class="ocf" provider="pacemaker" type="Stateful"><operations>
    <op id="a" name="monitor" interval="1s" role="Promoted"/><op id="b" name="monitor" interval="30s"/>
    </operations></primitive></clone></resources></configuration></cib>`,
    'cib.xml',
  );
  const { detection } = clusterBounds(failedMonitor(7, 'db:0'), undefined, cib, DONE);
  expect(detection).toMatchObject({ low: 0, high: 1000 });
});

test('there is no bound where the cluster did what it was asked to, nor where it did nothing', () => {
  expect(clusterBounds(ASKED, COROSYNC, cibOf(CIB), DONE)).toEqual({
    missing: { takeover: 'the cluster did what it was asked to: no timer bounds it' },
  });
  expect(clusterBounds(undefined, COROSYNC, cibOf(CIB), DONE)).toEqual({ missing: {} });
});
