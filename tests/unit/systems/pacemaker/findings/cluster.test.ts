import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../../harness/ground/errors.ts';
import type { ClusterFacts } from '../../../../../harness/journal/cluster-facts.ts';
import type { PowerEvent } from '../../../../../harness/journal/trial-facts.ts';
import { FAULT_NS, MS } from '../../../analysis/takeovers.ts';
import { at, FACTS, FILES, found, HEAL_MS, moved, QUIET, VIP } from './cluster-case.ts';
import { done, failed, member, sample } from './cluster-trial.ts';

test('every step has its number, from the fault on', () => {
  expect(found().metrics).toEqual({
    detection_ms: 400,
    stop_ms: 300,
    start_ms: 200,
    started_ms: 1000,
    address_ms: 880,
    takeover_ms: 1010,
    two_owners_ms: 0,
    owners_max: 1,
    fenced: 0,
    fencing_failed: 0,
    moved: 2,
    dc_changed: 0,
    members_online: 2,
    with_quorum: 1,
    resources_running: 2,
    failures: 1,
  });
});

test('and its line in the timeline', () => {
  const lines = found().moments.map(({ at_ns, event, detail }) => [(at_ns - FAULT_NS) / MS, event, detail]);
  expect(lines).toEqual([
    [400, 'detected', 'the monitor of haproxy on lb1 fails: Not running'],
    [500, 'stopped', 'haproxy is stopped on lb1, in 100 ms'],
    [700, 'stopped', 'vip is stopped on lb1, in 100 ms'],
    [900, 'started', 'vip is started on lb2, in 100 ms'],
    [1000, 'started', 'haproxy is started on lb2, in 60 ms'],
    [880, 'address', `${VIP} is on lb2`],
    [910, 'first-garp', `first gratuitous ARP of lb2 for ${VIP}`],
    [1010, 'first-answer', `lb2 answers at ${VIP}`],
  ]);
});

test('a monitor that fails without a word is told without one', () => {
  const { moments } = found({ files: { 'alerts-lb1': failed(400, { desc: '' }) } });
  expect(moments[0]).toMatchObject({ event: 'detected', detail: 'the monitor of haproxy on lb1 fails' });
});

test('its bounds are those of the cause, with the CIB that was read before the fault', () => {
  const { bounds } = found();
  expect(bounds.detection_ms).toMatchObject({ low: 0, high: 1000 });
  expect(bounds.takeover_ms).toMatchObject({ low: 500, high: 1500 });
});

test('a lost node: bounds by the corosync.conf of one that is left', () => {
  const conf = (token: number) => `totem {\n  token: ${token}\n}\n`;
  const members = FACTS.members.map((one) => ({
    ...one,
    corosync_conf: conf(one.node === 'lb1' ? 30 : 1000),
  }));
  const files = { 'alerts-lb1': '', 'alerts-lb2': member(2100, 'lost') };
  const { bounds, moments, metrics } = found({ facts: { members }, files });
  expect(metrics).toMatchObject({ detection_ms: 2100 });
  expect(metrics).not.toHaveProperty('stop_ms');
  expect(bounds.detection_ms).toMatchObject({ low: 2020 });
  expect(moments[0]).toEqual({
    at_ns: at(2100),
    event: 'detected',
    detail: 'Pacemaker counts lb1 as lost',
  });
});

test('a lost node that held nothing: nobody had to take over', () => {
  const members = FACTS.members.map((one) => ({ ...one, corosync_conf: 'totem {\n  token: 1000\n}\n' }));
  const standby = { facts: { members }, events: [], frames: [] };
  const alerts = (node: string, more = '') => ({
    'alerts-lb1': member(1000, 'lost', node) + more,
    'alerts-lb2': '',
  });
  const spared = found({ ...standby, files: alerts('lb2') });
  expect(spared.bounds).toHaveProperty('detection_ms');
  expect(spared.bounds).not.toHaveProperty('takeover_ms');
  expect(spared.missing.takeover_ms).toBe('lb2 held none of 198.18.1.100: nobody had to take over');
  // What is stopped or started after it may be what clients used.
  const moves = found({ ...standby, files: alerts('lb2', done(1500, 'stop', { resource: 'haproxy' })) });
  expect(moves.bounds).toHaveProperty('takeover_ms');
  expect(found({ ...standby, files: alerts('lb1') }).bounds).toHaveProperty('takeover_ms');
});

describe('members that BMCs turn off', () => {
  const off = (node: string, ms: number): PowerEvent => ({
    ...{ host: node, nodes: [node], act: 'off', by: '198.19.0.1', changed: true },
    ...{ asked_ns: at(ms), before_ns: at(ms), after_ns: at(ms), done_ns: at(ms) },
  });
  const files = { 'alerts-lb1': member(1000, 'lost', 'lb2'), 'alerts-lb2': '' };

  test('one that held nothing: clients lose nothing, and no bound is theirs', () => {
    const spared = found({ files, events: [], frames: [], power: [off('lb2', 2000)] });
    expect(spared.cuts_off).toBe(false);
    expect(spared).not.toHaveProperty('cut_off');
  });

  test('again and again: no bound of one loss holds', () => {
    const loop = found({
      files: { ...files, 'alerts-lb2': member(3000, 'lost') + done(4000, 'start', { node: 'lb2' }) },
      power: [off('lb2', 2000), off('lb1', 3500)],
    });
    expect(loop.bounds).not.toHaveProperty('takeover_ms');
    expect(loop).not.toHaveProperty('cut_off');
    expect(loop.missing.takeover_ms).toBe(
      'members were turned off 2 times (lb2, lb1): no bound of one loss holds for that',
    );
  });
});

test('what it was told to do it did not detect, and has no bound', () => {
  const { metrics, bounds, moments } = found({ files: { 'alerts-lb1': done(700, 'stop') } });
  expect(metrics).not.toHaveProperty('detection_ms');
  expect(metrics).toMatchObject({ stop_ms: 100, started_ms: 1000 });
  expect(bounds).toEqual({});
  expect(moments.map(({ event }) => event)).not.toContain('detected');
});

test('a configuration that can’t be followed leaves numbers without bounds', () => {
  const cib = FILES.cib.replaceAll('interval="1s"', 'interval="often"');
  const { metrics, bounds } = found({ files: { cib } });
  expect(metrics).toMatchObject({ detection_ms: 400, takeover_ms: 1010 });
  expect(bounds).toEqual({});
});

test('from the fault to the healing: what came before or after is another matter', () => {
  const files = {
    'alerts-lb1': done(-1, 'stop') + failed(HEAL_MS),
    'alerts-lb2': done(HEAL_MS + 1, 'start'),
  };
  const { metrics, moments } = found({ files, events: [moved(HEAL_MS, 'lb2', 'added')], frames: [] });
  for (const name of ['detection_ms', 'stop_ms', 'start_ms', 'started_ms', 'address_ms', 'takeover_ms']) {
    expect(metrics).not.toHaveProperty(name);
  }
  expect(moments).toEqual([]);
});

test('without an alert agent address, gratuitous ARP and first answer are seen all the same', () => {
  const { metrics, bounds, moments } = found({ facts: { alerts: [] } });
  expect(metrics).toMatchObject({ address_ms: 880, takeover_ms: 1010, owners_max: 1, moved: 2 });
  expect(metrics).not.toHaveProperty('detection_ms');
  expect(bounds).toEqual({});
  expect(moments.map(({ event }) => event)).toEqual(['address', 'first-garp', 'first-answer']);
});

describe('what crm_mon says before healing', () => {
  const during = (xml: string) => found({ files: { ...QUIET, 'crm-during': xml } }).metrics;

  test('a member is gone, and nothing runs', () => {
    expect(during(sample('crm_mon-node-offline.xml'))).toMatchObject({
      ...{ moved: 2, members_online: 1, resources_running: 0, failures: 0 },
    });
  });

  test('another member decides, or none', () => {
    const dc = /<current_dc [^>]*>/;
    const other = '<current_dc name="lb2" with_quorum="true"/>';
    expect(during(FILES['crm-before'])).toMatchObject({ dc_changed: 0, moved: 0 });
    expect(during(FILES['crm-before'].replace(dc, other)).dc_changed).toBe(1);
    expect(during(FILES['crm-before'].replace(dc, ''))).toMatchObject({ dc_changed: 1, with_quorum: 0 });
  });

  test('who is on standby is not online', () => {
    const standby = FILES['crm-before'].replace('standby="false"', 'standby="true"');
    expect(during(standby).members_online).toBe(1);
  });

  test('nobody answered: nothing is known', () => {
    const [before] = FACTS.views;
    const { metrics, records } = found({
      facts: { views: [before!, { when: 'during', at_ns: 2 }] },
      files: QUIET,
    });
    expect(Object.keys(metrics)).toEqual([
      ...['address_ms', 'takeover_ms', 'two_owners_ms', 'owners_max'],
      ...['fenced', 'fencing_failed'],
    ]);
    expect(records[1]).toEqual({ when: 'during', cluster: 'lb' });
  });
});

describe('a record that is missing', () => {
  test.each<[string, Partial<ClusterFacts>]>([
    ['cib-gone', { cib: 'cib-gone' }],
    ['alerts-gone', { alerts: [{ node: 'lb1', file: 'alerts-gone' }] }],
    ['crm-gone', { views: [{ when: 'before', at_ns: 1, node: 'lb1', file: 'crm-gone' }] }],
  ])('is named: %s', (name, facts) => {
    expect(() => found({ facts })).toThrow(new InputError(`the trial has no record '${name}'`));
  });

  test('or is none', () => {
    expect(found({ files: { cib: '<cib>' } }).bounds).toEqual({});
    expect(() => found({ files: { 'crm-before': 'nothing' } })).toThrow(InputError);
  });
});
