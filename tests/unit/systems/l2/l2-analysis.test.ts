import { describe, expect, test } from 'vitest';
import { causeFor } from '../../../../harness/analysis/causes.ts';
import { newFlows } from '../../../../harness/probes/udp/new-flows.ts';
import { udp } from '../../../../harness/probes/udp/udp.ts';
import {
  blastRadius,
  datapathSentences,
  switchTable,
} from '../../../../harness/systems/l2/findings/l2-tables.ts';
import { l2 } from '../../../../harness/systems/l2/l2.ts';
import { analyse, client, factsOf, look, SECOND } from './l2-trial.ts';

/** What the causes allow for a datagram probe between two nodes. */
function allowed(causes: Parameters<typeof causeFor>[0] = [], from: string, to: string) {
  return causeFor(causes, udp, { from, to, address: '198.18.10.3', port: 7001 });
}

describe('who may be cut off, and for how long', () => {
  const segv = { signal: 'SIGSEGV' };

  test('those between whom the switch lies, and no others', () => {
    const [found] = analyse(factsOf({ MONITOR: 'on' }), [
      { resolved: 'sw2/ovs-vswitchd', at_s: 10, fault: segv },
    ]);
    expect(allowed(found!.causes, 'vm1', 'vm3').takeover).toMatchObject({ low: 0, high: 3000 });
    expect(allowed(found!.causes, 'vm3', 'vm1').takeover).toMatchObject({ low: 0, high: 3000 });
    expect(allowed(found!.causes, 'vm1', 'vm2').takeover).toBeUndefined();
  });

  test('the monitor waits: 10 s after its last start, which was later than the crash', () => {
    const crash = (at_s: number) => ({ resolved: 'sw1/ovs-vswitchd', at_s, fault: segv });
    const found = analyse(factsOf({ MONITOR: 'on' }), [crash(10), crash(15), crash(27)]);
    const [first, second, third] = found.map(({ causes }) => allowed(causes, 'vm1', 'vm2').takeover);
    expect(first).toMatchObject({ low: 0, high: 3000 });
    expect(second).toMatchObject({ low: 4000, high: 9000 });
    // Started 10 s after the first: 7 s have passed.
    expect(third).toMatchObject({ low: 2000, high: 7000 });
  });

  test('an agent that an earlier fault took writes no flows; one that it gave back does', () => {
    const restart = { resolved: 'sw1/ovs-vswitchd', at_s: 12, fault: { signal: 'SIGKILL', down_ms: 1000 } };
    const killed = { resolved: 'sw1/l2-agent', at_s: 10, fault: { signal: 'SIGKILL' } };
    const [, dead] = analyse(factsOf(), [killed, restart]);
    expect(allowed(dead!.causes, 'vm1', 'vm2')).toMatchObject({
      takeover: undefined,
      missing: 'nothing writes the flows of a new ovs-vswitchd: l2-agent does not run',
    });
    const mended = { from_ns: 11 * SECOND, until_ns: 11.1 * SECOND };
    const [, alive] = analyse(factsOf(), [{ ...killed, fault: { ...killed.fault, mended } }, restart]);
    expect(allowed(alive!.causes, 'vm1', 'vm2').takeover).toMatchObject({ low: 1000, high: 4000 });
  });

  test('a controller: flows that last go on, new ones wait', () => {
    const facts = factsOf({ CONTROLLER: 'on', FAIL_MODE: 'standalone' });
    const [found] = analyse(facts, [
      { resolved: 'sw1/ovs-testcontroller', at_s: 10, fault: { signal: 'SIGKILL' } },
    ]);
    const options = newFlows.options.parse({
      kind: 'new-flows',
      from: 'vm1',
      to: 'vm2',
      address: '198.18.10.2',
    });
    const cause = { ...causeFor(found!.causes!, newFlows, options), outage_ms: undefined };
    expect(newFlows.bounds!(options, cause, {})).toMatchObject({
      established_outage_ms: { low: 0, high: 0 },
      new_outage_ms: { low: 14_500, high: 15_500 },
    });
  });

  test('a switch that is gone as a whole', () => {
    const fault = { victims: ['sw2'], stops_forwarding: true };
    const [found] = analyse(factsOf(), [{ resolved: 'sw2', at_s: 10, fault }]);
    expect(allowed(found!.causes, 'vm1', 'vm3').missing).toBe(
      "nothing forwards in place of switch 'sw2' until it is back",
    );
    expect(allowed(found!.causes, 'vm1', 'vm2')).toEqual({ takeover: undefined, missing: undefined });
  });

  test('what does not follow from its settings is named', () => {
    const [found] = analyse(factsOf(), [{ resolved: 'sw1', at_s: 10, fault: { victims: ['sw1'] } }]);
    expect(allowed(found!.causes, 'vm1', 'vm2').missing).toBe(
      "what kill does to switch 'sw1' does not follow from its settings",
    );
  });

  test('what is no daemon of a switch says nothing', () => {
    const [found] = analyse(factsOf(), [
      { resolved: 'vm1/web-server', at_s: 10, fault: { signal: 'SIGKILL' } },
    ]);
    expect(found!.causes).toEqual([]);
  });
});

describe('what the trial shows', () => {
  const killed = { resolved: 'sw1/ovs-vswitchd', at_s: 10, fault: { signal: 'SIGKILL' } };
  const clients = [
    client('udp', ['vm1', 'vm3'], { outage_ms: 1500, lost: 12 }),
    client('new', ['vm1', 'vm3'], {
      established_outage_ms: 0,
      new_outage_ms: 1600,
      new_lost: 3,
      established_lost: 1,
    }),
    client('other', ['vm2', 'vm9'], { outage_ms: 0, lost: 0 }),
  ];

  test('the blast radius, in numbers and in the report', () => {
    const [found] = analyse(factsOf(), [killed], clients);
    expect(found!.metrics).toMatchObject({
      'l2.pairs': 2,
      'l2.pairs_cut': 1,
      'l2.unwired': 0,
      'l2.flows_missing': 0,
    });
    const trial = { index: 1, verdict: 'pass', metrics: {}, systems: { l2: found!.rows } };
    const journal = { trials: [trial] } as never;
    expect(blastRadius(journal)?.rows).toEqual([
      ['vm1', 'vm3', 'new', 'sw1, sw2', 'nothing', '1.60 s', '4'],
      ['vm1', 'vm3', 'udp', 'sw1, sw2', '1.50 s', '-', '12'],
      ['vm2', 'vm9', 'other', 'no switch', 'nothing', '-', '0'],
    ]);
    expect(switchTable(journal)?.rows[0]).toEqual([
      'sw1',
      'before the fault',
      'netdev',
      'all run',
      '1',
      '1',
      '1',
      '-',
    ]);
    expect(datapathSentences(journal)).toEqual([
      "The datapath of sw1, sw2 is netdev, in user space: it is a part of ovs-vswitchd, and frames stop with it; the kernel's would forward on what it has cached.",
    ]);
    expect(l2.metrics).toEqual(expect.objectContaining({ 'l2.pairs': expect.anything() }));
  });

  test.each([
    ['two datagrams late, one after the other: 20 ms ± 10 ms', { outage_ms: 20, outage_error_ms: 10 }, 0],
    ['what a busy machine held up: 150 ms ± 50 ms', { outage_ms: 150, outage_error_ms: 50 }, 0],
    ['longer than 0.1 s for certain', { outage_ms: 151, outage_error_ms: 50 }, 1],
    ['of new flows alone', { established_outage_ms: 0, new_outage_ms: 300, new_outage_error_ms: 20 }, 1],
    [
      'of flows that last alone',
      { established_outage_ms: 300, established_outage_error_ms: 20, new_outage_ms: 0 },
      1,
    ],
  ])('a pair is cut off or not: %s', (_, metrics, cut) => {
    const [found] = analyse(factsOf(), [killed], [client('udp', ['vm1', 'vm3'], metrics)]);
    expect(found!.metrics).toMatchObject({ 'l2.pairs': 1, 'l2.pairs_cut': cut });
  });

  test('ports without a tag and flows that are gone before healing', () => {
    const dead = {
      flows: [{ bridge: 'br-int', cookies: [], flows: [] }],
      database: {
        ...{ bridges: [], controllers: [] },
        ports: [{ name: 'vm1', tag: 4095, vlan: 10, ofport: 2 }],
      },
    };
    const looks = [
      look('before', 'sw1'),
      look('during', 'sw1', dead),
      look('before', 'sw2'),
      look('during', 'sw2'),
    ];
    const [found] = analyse(factsOf({}, looks), [killed]);
    expect(found!.metrics).toMatchObject({ 'l2.unwired': 1, 'l2.flows_missing': 1 });
  });

  test('a switch that does not answer: not known, and not 0', () => {
    const silent = {
      database: null,
      flows: [{ bridge: 'br-int', cookies: [], flows: [], trouble: 'refused' }],
    };
    const looks = [
      look('before', 'sw1'),
      look('during', 'sw1', silent),
      look('before', 'sw2'),
      look('during', 'sw2'),
    ];
    const [found] = analyse(factsOf({}, looks), [killed]);
    expect(found!.metrics).not.toHaveProperty('l2.unwired');
    expect(found!.metrics).not.toHaveProperty('l2.flows_missing');
  });

  test('a port that is plugged in: when it was wired, and within which time', () => {
    const facts = factsOf();
    facts.plugs = [{ node: 'sw1', interface: 'vm2', plugged_ns: 12 * SECOND, wired_ns: 13.2 * SECOND }];
    const [found] = analyse(facts, [killed]);
    expect(found).toMatchObject({
      metrics: { 'l2.wired_ms': 1200 },
      bounds: { 'l2.wired_ms': { low: 0, high: 2500 } },
      moments: [
        { detail: 'port vm2 is plugged into sw1' },
        { detail: 'the agent of sw1 has wired port vm2' },
      ],
    });
    facts.plugs[0]!.wired_ns = null;
    expect(analyse(facts, [killed])[0]!.metrics).not.toHaveProperty('l2.wired_ms');
  });
});
