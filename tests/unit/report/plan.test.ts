import { describe, expect, it } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { planReport } from '../../../harness/report/plan.ts';

const loaded = await loadDrill('l3/node-crash');

describe('planReport', () => {
  it('says for people what will be done', () => {
    const text = planReport(loaded, { trials: 5, seed: 7 }).text.split('\n');
    expect(text[0]).toMatch(/^l3\/node-crash: the network node with the active router loses its power/);
    for (const line of [
      'Profile       sla: ADVERT_INT=1 VRRP_VERSION=3 PRIORITY=50',
      'Hosts         node1: r1 (hadrill/router)',
      'Segments      inside: r1:inside, r2:inside, client:inside 198.18.1.10/24',
      'Probes        udp: udp from client to server, address 203.0.113.1, port 7001, interval 1 ms',
      'Fault         crash of host:master(router) (host:node1 (r1) or host:node2 (r2))',
      'Holds         steady 1 s, settled 1 s, rejoin 5 s; deadlines: takeover 30 s, recovery 30 s',
      'Expectations  udp.outage_ms: within 2.80-3.80 s ± 100 ms in every trial',
      '              rejoin.outage_ms: <= 50 ms in every trial',
      'Allowed       udp.outage_ms, vip.takeover_ms: VRRPv3: 3 x 1 s + 0.805 s - 1 s',
      'Trials        5, seed 7',
      'Time          at least 35 s (5 trials of 7 s), besides the takeovers and building the lab',
    ]) {
      expect(text).toContain(line);
    }
    expect(Math.max(...text.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('is a plain object that survives JSON, with units in its names', () => {
    const { plan } = planReport(loaded, { trials: 2, seed: 7 });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan).toMatchObject({
      drill: 'l3/node-crash',
      topology: loaded.topology.file,
      profile: 'sla',
      variables: { ADVERT_INT: '1' },
      faults: [{ kind: 'crash', target: 'host:master(router)', options: {}, after_ms: 0 }],
      hold: { steady_ms: 1000, rejoin_ms: 5000 },
      trials: 2,
      seed: 7,
      at_least_ms: 14_000,
    });
    expect(plan.bounds['vip.takeover_ms']).toMatchObject({ low: 2804.6875, high: 3804.6875 });
    expect(plan.missing_bounds).toEqual({});
    expect(plan.nodes).toContainEqual({
      name: 'r1',
      host: 'node1',
      image: 'hadrill/router',
      foreign_binds: [],
      exec: [],
      cap_add: [],
    });
    expect(plan.probes[0]).toMatchObject({ name: 'udp', kind: 'udp', interval_ms: 1 });
    expect(plan.probes[1]).toMatchObject({ name: 'tcp', kind: 'tcp', period_ms: 100, sessions: 50 });
    expect(plan.probes[0]).not.toHaveProperty('interval');
    expect(plan).not.toHaveProperty('text');
  });
});

describe('what is not known before a lab runs', () => {
  it('is said once, with its reason', () => {
    const missing_bounds = { 'udp.outage_ms': 'no file', 'vip.takeover_ms': 'no file' };
    const changed = { ...loaded, foreseen: { bounds: {}, missing_bounds } };
    const { text, plan } = planReport(changed, { trials: 1, seed: 7 });
    expect(text).toContain("udp.outage_ms: within the protocol's bound ± 100 ms in every trial\n");
    expect(text).toContain(
      'Allowed       udp.outage_ms, vip.takeover_ms: not known before a lab runs: no file\n',
    );
    expect(plan.missing_bounds).toEqual(missing_bounds);
  });
});
