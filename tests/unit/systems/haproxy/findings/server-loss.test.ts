import { describe, expect, test } from 'vitest';
import { causeFor } from '../../../../../harness/analysis/causes.ts';
import { probeBounds } from '../../../../../harness/analysis/probe-results.ts';
import { InputError } from '../../../../../harness/ground/errors.ts';
import type { TrialFacts } from '../../../../../harness/journal/trial-facts.ts';
import { http } from '../../../../../harness/probes/http/http.ts';
import {
  type HaproxyFacts,
  haproxyFactsOf,
} from '../../../../../harness/systems/haproxy/findings/haproxy-facts.ts';
import { serverLosses, type Taken } from '../../../../../harness/systems/haproxy/findings/server-loss.ts';
import { findingsOf } from '../../../analysis/fault-case.ts';
import { FAULT } from '../../../analysis/takeovers.ts';

const VIP = '198.18.1.100';
const CFG = `
defaults
    mode http
    timeout connect 1s
frontend web
    bind ${VIP}:80
    bind :8404
    default_backend web
backend web
    default-server inter 2s rise 2 fall 5
    server web1 203.0.113.21:8080 check
    server web2 203.0.113.22:8080 check
`;
const FACTS: HaproxyFacts = {
  balancers: [{ node: 'lb1', haproxy_cfg: CFG, whole: true }],
  server_nodes: { '203.0.113.21': 'web1', '203.0.113.22': 'web2' },
};
const CRASH: Taken = { victims: ['web1'], stops_forwarding: true };
const balancer = (haproxy_cfg: string, change: Partial<HaproxyFacts> = {}): HaproxyFacts => ({
  ...FACTS,
  balancers: [{ node: 'lb1', haproxy_cfg, whole: true }],
  ...change,
});
const only = (facts: HaproxyFacts, taken = CRASH) => serverLosses(facts, taken)[0]?.dropped;

describe('a server that is lost gets requests', () => {
  const loss = (how: 'kill' | 'hang') => ({ node: 'web1', kind: 'process', name: 'nginx', how }) as const;

  test('until its checks have found out, as long as they may take', () => {
    const [found] = serverLosses(FACTS, CRASH);
    // Five checks that find nobody within 2 s, 2 s apart.
    expect(found).toMatchObject({ dropped: { low: 0, high: 20_000 } });
    expect([...found!.addresses]).toEqual([VIP]);
  });

  test('for as long as they pause, where its machine refuses them', () => {
    const killed = { victims: ['web1'], stops_forwarding: false, loss: loss('kill') };
    expect(only(FACTS, killed)).toMatchObject({ high: 10_000 });
  });

  test.each([
    '    option httpchk\n    http-check connect port 9000 addr 203.0.113.9',
    '    option tcp-check\n    tcp-check connect port 9000',
    '    option external-check',
  ])('for a time that is not known, where checks are of another kind: %s', (checks) => {
    const cfg = CFG.replace('backend web\n    default', `backend web\n${checks}\n    default`);
    expect(only(balancer(cfg))).toMatch(/^checks of haproxy\.cfg on lb1 are not followed: '/);
  });

  test.each<[string, Taken]>([
    ['another node is taken', { ...CRASH, victims: ['client'] }],
    ['records of before do not say which', { stops_forwarding: true }],
    ['how it fails is not known', { victims: ['web1'], stops_forwarding: false }],
    ['it hangs: what the checks ask is not followed', { ...CRASH, loss: loss('hang') }],
  ])('or it is not known: %s', (_, taken) => {
    expect(serverLosses(FACTS, taken)).toEqual([]);
  });

  test.each<[string, HaproxyFacts, RegExp]>([
    ['nobody checks it', balancer(CFG.replaceAll(' check', '')), /has no health check: it is never dropped/],
    ['it was the last one', balancer(CFG.replace(/^.*web2 .*$/m, '')), /no other server of backend 'web'/],
    [
      'there are more files',
      { ...FACTS, balancers: [{ ...FACTS.balancers[0]!, whole: false }] },
      /other files/,
    ],
  ])('for how long has no answer where %s', (_, facts, why) => {
    expect(only(facts)).toMatch(why);
  });

  test('nor where its balancer is gone as well', () => {
    expect(only(FACTS, { ...CRASH, victims: ['web1', 'lb1'] })).toMatch(/balancer was taken/);
  });
});

describe('clients of a balancer', () => {
  const facts = (change: Partial<TrialFacts> = {}) =>
    ({
      ...{ epoch_ns: '0', routers: [], address_events: [], conntrack_fillings: [] },
      ...{ fault: { ...FAULT, ...CRASH }, systems: { haproxy: FACTS }, ...change },
    }) as unknown as TrialFacts;
  const bounds = (trial: TrialFacts, options: object) => {
    const said = http.options.parse({ kind: 'http', from: 'client', ...options });
    const findings = { metrics: {}, outages: [], open: [], doubts: [] };
    const result = { probe: { name: 'web', kind: 'http', options: said }, kind: http as never, findings };
    const { causes } = findingsOf(trial, [])[0];
    return probeBounds([result], ({ kind, probe }) => ({
      ...causeFor(causes, kind, probe.options),
      outage_ms: undefined,
    }));
  };

  test('may be disturbed for as long, and are not cut off', () => {
    expect(bounds(facts(), { address: VIP })).toEqual({
      bounds: { 'web.disturbed_ms': expect.objectContaining({ low: 0, high: 20_000 }) },
      missing_bounds: {},
    });
  });

  test('on kept connections: for how long is not known', () => {
    const { missing_bounds } = bounds(facts(), { address: VIP, connections: 'keep-alive' });
    expect(missing_bounds['web.disturbed_ms']).toMatch(/kept connection may stay/);
  });

  test('of several faults none', () => {
    const two = facts({ later_faults: [{ ...FAULT, before_ns: 2e9, after_ns: 2e9 }] });
    expect(bounds(two, { address: VIP }).missing_bounds['web.disturbed_ms']).toMatch(/^of several faults/);
  });

  test('who ask elsewhere are not meant, nor is anybody in records of before', () => {
    const nothing = { bounds: {}, missing_bounds: {} };
    expect(bounds(facts(), { address: '198.18.1.101' })).toEqual(nothing);
    expect(bounds(facts({ systems: {} }), { address: VIP })).toEqual(nothing);
  });
});

test('facts that are not what they should be are refused, with the place', () => {
  const systems = { haproxy: { balancers: [{ node: 1 }], server_nodes: {} } };
  expect(() => haproxyFactsOf({ systems })).toThrow(InputError);
  expect(() => haproxyFactsOf({ systems })).toThrow(/systems\.haproxy\.balancers\.0\.node/);
});
