import { describe, expect, test } from 'vitest';
import type { FaultSpan } from '../../../../../harness/evidence/fault-spans.ts';
import type { Bound, Journal } from '../../../../../harness/journal/journal.ts';
import type { ProbePort } from '../../../../../harness/observe/carried-ports.ts';
import type { ClientFindings } from '../../../../../harness/systems/system-analysis.ts';
import { ofRouters } from '../../../../../harness/systems/vrrp/findings/router-parts.ts';
import { routerRows } from '../../../../../harness/systems/vrrp/findings/router-rows.ts';
import { routerHeadline, routerTable } from '../../../../../harness/systems/vrrp/findings/router-table.ts';
import { ofUntouched } from '../../../../../harness/systems/vrrp/findings/untouched.ts';
import type { RouterFindings } from '../../../../../harness/systems/vrrp/findings/virtual-router.ts';
import { judgeExpectations } from '../../../../../harness/verdict/judge.ts';
import { FAULT, FAULT_NS, findings, MS, ROUTER, WINDOWS } from '../../../analysis/takeovers.ts';
import { trial } from '../../../verdict/trial.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const SPAN: FaultSpan = { fault: FAULT, number: 1, windows: WINDOWS, next_ns: WINDOWS.end_ns };
const within = (high: number): Record<string, Bound> => ({
  'vip.takeover_ms': { low: high - 100, high, from: `${high} ms` },
});
const port = (number: number): ProbePort[] => [{ protocol: 'udp', port: number }];
const named = (name: string, change: Partial<RouterFindings>) =>
  findings({ router: { ...ROUTER, name }, ...change });
const moved = (name: string, ms: number, high: number, more: Partial<RouterFindings> = {}) =>
  named(name, { forwarded_ns: at(ms), answer_ns: at(ms), bounds: within(high), touched: true, ...more });
const still = (name: string, more: Partial<RouterFindings> = {}) =>
  named(name, {
    ...{ new_owner: undefined, address_ns: undefined, forwarded_ns: undefined, answer_ns: undefined },
    ...{ touched: false, changes: [], ...more },
  });

describe('of several routers', () => {
  const verdictOf = (found: readonly RouterFindings[], op: 'within_bound' | '<=', value: number) => {
    const { metrics, bounds, parts, missing_metrics } = ofRouters(found, SPAN, WINDOWS);
    const lower_bounds = Object.entries(parts ?? {}).flatMap(([metric, list]) =>
      list.some((part) => part.value === undefined) ? [metric] : [],
    );
    const made = trial({ ...metrics }, { bounds: { ...bounds }, parts: { ...parts } as never, lower_bounds });
    const [record] = judgeExpectations(
      [{ metric: 'vip.takeover_ms', stat: 'each', op, value }],
      [{ ...made, missing_metrics: { ...missing_metrics } }],
    );
    return record!;
  };

  test('each is judged by its own bound: a slow one inside its own hides none that is outside', () => {
    const found = [moved('r1', 390, 380), moved('r4', 600, 680)];
    expect(ofRouters(found, SPAN, WINDOWS).metrics['vip.takeover_ms']).toBe(600);
    expect(verdictOf(found, 'within_bound', 0).verdict).toBe('fail');
    expect(verdictOf(found, 'within_bound', 0).detail).toContain('r1 390 of 280 to 380');
    expect(verdictOf(found, 'within_bound', 10).verdict).toBe('pass');
    expect(verdictOf(found, '<=', 600).verdict).toBe('pass');
    expect(verdictOf(found, '<=', 599).verdict).toBe('fail');
  });

  test('one whose takeover was not seen is named, and neither passes nor hides a breach', () => {
    const unseen = moved('r3', 0, 380, { forwarded_ns: undefined, answer_ns: undefined });
    const record = verdictOf([moved('r1', 300, 380), unseen], 'within_bound', 0);
    expect(record.verdict).toBe('unknown');
    expect(record.detail).toContain('that of r3 is not known: r2 sent no packet of a probe on');
    expect(verdictOf([moved('r1', 390, 380), unseen], 'within_bound', 0).verdict).toBe('fail');
    expect(verdictOf([moved('r1', 390, 380), unseen], '<=', 389).verdict).toBe('fail');
    expect(verdictOf([moved('r1', 390, 380), unseen], '<=', 500).verdict).toBe('unknown');
    expect(verdictOf([unseen, still('r2')], 'within_bound', 0)).toMatchObject({
      verdict: 'unknown',
      observed: null,
    });
  });

  test('one that nobody took over, and should have been, is not known either', () => {
    const lost = still('r4', { touched: true });
    expect(verdictOf([moved('r1', 300, 380), lost], 'within_bound', 0).detail).toContain(
      'that of r4 is not known: no other member took',
    );
    expect(verdictOf([moved('r1', 300, 380), still('r4')], 'within_bound', 0).verdict).toBe('pass');
  });

  test('one without a probe is judged by its address and its gratuitous ARP', () => {
    const quiet = moved('r3', 0, 380, { forwarded_ns: undefined, answer_ns: undefined, ports: [] });
    expect(ofRouters([moved('r1', 300, 380), quiet], SPAN, WINDOWS).metrics['vip.takeover_ms']).toBe(342);
    const mute = { ...quiet, timeline: { ...quiet.timeline, first_garp_ns: undefined } };
    expect(verdictOf([moved('r1', 300, 380), mute], 'within_bound', 0).verdict).toBe('unknown');
  });

  test('two owners of any of them are two owners', () => {
    const split = still('r2', {
      owners_max: 2,
      holding: {
        owners_max: 2,
        shared: [{ from_ns: at(0), to_ns: at(70), nodes: ['a', 'b'] }],
        handovers: [],
      },
    });
    expect(ofRouters([moved('r1', 300, 380), split], SPAN, WINDOWS).metrics).toMatchObject({
      'vip.owners_max': 2,
      'vip.two_owners_ms': 70,
    });
  });
});

const client = (probe: string, number: number, metrics: ClientFindings['metrics']): ClientFindings => ({
  ...{ probe, port: { protocol: 'udp', port: number }, nodes: [`${probe}-client`, 'server'] },
  ...{ metrics, outages_ms: [metrics.outage_ms], open: false },
});

describe('routers that the fault did not touch', () => {
  const r1 = moved('r1', 300, 380, { ports: port(7101) });
  const r2 = still('r2', { ports: port(7102) });
  const r3 = still('r3', { ports: port(7103) });
  const of = (
    found: readonly RouterFindings[],
    clients: readonly ClientFindings[],
    victims: readonly string[] = ['r1'],
  ) => ofUntouched([{ found, victims }], clients);

  test('what each lost is added up', () => {
    const clients = [
      client('a', 7101, { lost: 90 }),
      client('b', 7102, { lost: 0 }),
      client('c', 7103, { lost: 2 }),
    ];
    expect(of([r1, r2, r3], clients).metrics).toEqual({
      'untouched.routers': 2,
      'untouched.lost_datagrams': 2,
    });
  });

  test('one that no probe asks through makes it unknown, by name; what others lost still counts', () => {
    expect(of([r1, r2, r3], [client('b', 7102, { lost: 0 })])).toMatchObject({
      metrics: { 'untouched.routers': 2 },
      missing_metrics: {
        'untouched.lost_datagrams': 'no UDP probe that was not disturbed itself asks through r3',
      },
    });
    expect(of([r1, r2, r3], [client('b', 7102, { lost: 1 })]).metrics).toMatchObject({
      'untouched.lost_datagrams': 1,
    });
  });

  test('a probe that asks through a touched one too, or whose own node was hit, says nothing of them', () => {
    const both = { ...r1, ports: [...port(7101), ...port(7102)] };
    const clients = [client('b', 7102, { lost: 5 })];
    expect(of([both, r2], clients).metrics).toEqual({ 'untouched.routers': 1 });
    expect(of([r1, r2], clients, ['b-client']).metrics).toEqual({ 'untouched.routers': 1 });
  });

  test('who asks at the address of one asks that one alone, whatever else goes by its members', () => {
    const shared = [...port(80)];
    const of_vip = (name: string, vip: string) => ({ router: { ...ROUTER, name, vip }, ports: shared });
    const one = { ...r1, ...of_vip('v1', '198.18.1.101') };
    const other = { ...r2, ...of_vip('v2', '198.18.1.102') };
    const clients = [
      { ...client('a', 80, { sessions: 20, survived: 0, outage_ms: 2800 }), address: '198.18.1.101' },
      { ...client('b', 80, { sessions: 20, survived: 20, outage_ms: 0 }), address: '198.18.1.102' },
    ];
    expect(of([one, other], clients).metrics['untouched.lost_sessions']).toBe(0);
    expect(routerRows([one, other], SPAN, WINDOWS, clients)).toMatchObject([
      { router: 'v1', probes: ['a'], outage_ms: 2800 },
      { router: 'v2', probes: ['b'], outage_ms: 0 },
    ]);
  });

  test('sessions that did not live on are lost', () => {
    const tcp = [client('t', 7102, { sessions: 25, survived: 24 })];
    expect(of([r1, r2], tcp).metrics['untouched.lost_sessions']).toBe(1);
  });
});

describe('the table of several routers', () => {
  const found = [
    moved('r1', 300, 380, { ports: port(7101) }),
    moved('r4', 390, 380, { ports: [] }),
    still('r2', { ports: port(7102) }),
  ];
  const clients = [
    client('a', 7101, { lost: 90, outage_ms: 310 }),
    client('b', 7102, { lost: 0, outage_ms: 0 }),
  ];
  const rows = routerRows(found, SPAN, WINDOWS, clients);
  const journal = { trials: [{ ...trial({}), systems: { vrrp: rows } }] } as unknown as Journal;

  test('has a line for each', () => {
    expect(routerTable(journal)?.rows).toEqual([
      ['r1', 'r1', 'r2', '40 ms', '280-380 ms', '300 ms', '', '310 ms', '90'],
      ['r4', 'r1', 'r2', '40 ms', '280-380 ms', '390 ms', '', '', ''],
      ['r2', 'r1', 'not touched', '', '', '', '', '0 ms', '0'],
    ]);
    expect(routerTable(journal)?.notes).toContain('Not touched by the fault: r2.');
  });

  test('one that a later fault touches was touched', () => {
    const later = routerRows([moved('r2', 300, 380, {})], { ...SPAN, number: 2 }, WINDOWS, clients);
    const both = { trials: [{ ...trial({}), systems: { vrrp: [...rows, ...later] } }] } as unknown as Journal;
    const notes = routerTable(both)?.notes;
    expect(notes).toContain(
      'Sessions and lost datagrams are those of the whole trial: they stand beside the first fault.',
    );
    expect(notes?.join(' ')).not.toContain('Not touched');
  });

  test('the headline names the worst one', () => {
    expect(routerHeadline(journal)).toEqual([
      'Of 2 routers that moved the worst was r4, in trial 1: it took over after 390 ms, of 280-380 ms allowed.',
    ]);
  });
});
