import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output, pings } from '../support/faults.ts';
import { startHadrill } from '../support/hadrill.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';
import { refused } from '../support/refused.ts';

const ADDRESS: Record<string, string> = { a: '198.18.1.1', b: '198.18.1.2' };
const PINGS = 5;

describe('cut of a wire', () => {
  const name = freshName('cut');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('small')), { name });
    await fixNeighbours();
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  /** For good: what does not pass must not depend on ARP, which needs both directions. */
  async function fixNeighbours(): Promise<void> {
    for (const [node, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const mac = (await output(lab, other, 'cat', '/sys/class/net/eth1/address')).trim();
      const entry = [ADDRESS[other]!, 'lladdr', mac, 'dev', 'eth1', 'nud', 'permanent'];
      await output(lab, node, 'ip', 'neigh', 'replace', ...entry);
    }
  }

  /** How many echo requests and replies a node's kernel has taken (proc_net(5), RFC 1213). */
  async function taken(node: string): Promise<{ requests: number; replies: number }> {
    const lines = (await output(lab, node, 'grep', '^Icmp:', '/proc/net/snmp')).trim().split('\n');
    const [names, values] = lines.map((line) => line.split(' '));
    const value = (wanted: string) => Number(values![names!.indexOf(wanted)]);
    return { requests: value('InEchos'), replies: value('InEchoReps') };
  }

  /** What arrives of PINGS requests from one node to the other, and of their replies. */
  async function arrivals(from: string, to: string): Promise<{ requests: number; replies: number }> {
    const [sender, receiver] = [await taken(from), await taken(to)];
    await lab.exec(from, ['ping', '-c', String(PINGS), '-i', '0.02', '-W', '0.3', ADDRESS[to]!]);
    return {
      requests: (await taken(to)).requests - receiver.requests,
      replies: (await taken(from)).replies - sender.replies,
    };
  }

  async function carrier(node: string): Promise<string> {
    return (await output(lab, node, 'cat', '/sys/class/net/eth1/carrier')).trim();
  }

  const ALL = { requests: PINGS, replies: PINGS };
  const NONE = { requests: 0, replies: 0 };
  test.each([
    // By default the carrier goes.
    { options: {}, towards: NONE, away: NONE, carried: '0' },
    { options: { kind: 'frames' }, towards: NONE, away: NONE, carried: '1' },
    // What b sends is lost: it takes the requests, and nobody takes its replies and its own requests.
    {
      options: { kind: 'frames', direction: 'from' },
      towards: { requests: PINGS, replies: 0 },
      away: NONE,
      carried: '1',
    },
    // What is sent to b is lost: its own requests are taken, and the replies to them are not.
    {
      options: { kind: 'frames', direction: 'to' },
      towards: NONE,
      away: { requests: PINGS, replies: 0 },
      carried: '1',
    },
  ])('$options: only that is lost, and all is back at once', async ({ options, towards, away, carried }) => {
    expect(await arrivals('a', 'b')).toEqual(ALL);
    const { injection } = await inject(lab, 'cut', 'b:eth1', options);
    try {
      expect(injection.record).toMatchObject({ kind: 'cut', resolved: 'b:eth1', verified: true });
      expect(await arrivals('a', 'b')).toEqual(towards);
      expect(await arrivals('b', 'a')).toEqual(away);
      expect(await carrier('b')).toBe(carried);
      expect(await carrier('a'), 'the other wire is whole').toBe('1');
      // It stays: the bridge learns nobody meanwhile.
      await sleep(300);
      expect(await arrivals('a', 'b')).toEqual(towards);
    } finally {
      await injection.heal();
    }
    expect(await arrivals('a', 'b')).toEqual(ALL);
    expect(await arrivals('b', 'a')).toEqual(ALL);
    await injection.fault.heal();
    expect(await arrivals('a', 'b'), 'a second revert is harmless').toEqual(ALL);
  });

  test('broadcasts are lost too: nobody hears who is asked for', async () => {
    const { injection } = await inject(lab, 'cut', 'b:eth1', { kind: 'frames', direction: 'to' });
    // b could answer: what it sends passes.
    await output(lab, 'a', 'ip', 'neigh', 'del', ADDRESS.b!, 'dev', 'eth1');
    await lab.exec('a', ['ping', '-c', '1', '-W', '1', ADDRESS.b!]);
    expect(await output(lab, 'a', 'ip', 'neigh', 'show', ADDRESS.b!)).not.toContain('lladdr');
    await injection.heal();
    await pings(lab, 'a', ADDRESS.b!);
    await fixNeighbours();
  });

  test('healing by one does not heal what another cut', async () => {
    const { injection } = await inject(lab, 'cut', 'b:eth1', { kind: 'frames' });
    await expect(inject(lab, 'cut', 'b:eth1', { kind: 'frames', direction: 'to' })).rejects.toThrow(
      /wire at port b is cut already/,
    );
    expect(await arrivals('a', 'b')).toEqual(NONE);
    await injection.heal();
    expect(await arrivals('a', 'b')).toEqual(ALL);
  });

  test('a node that is gone when the cut is healed: nothing to do, and its new wire is whole', async () => {
    const { injection } = await inject(lab, 'cut', 'b:eth1', { kind: 'carrier' });
    const node = lab.node('b');
    await engine.docker.getContainer(node.container_id).kill();
    await waitUntil({
      what: "the node's wire to be gone",
      timeout_ms: 10_000,
      check: async () => (await lab.agent.call('wire_state', { port: 'b' })) === null,
    });
    await injection.heal();
    await lab.startNode(node);
    await lab.configureNode(node);
    await fixNeighbours();
    expect(await arrivals('a', 'b')).toEqual(ALL);
  });
});

describe('hadrill fault LAB cut', () => {
  const name = freshName('cut-by-hand');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('small')), { name });
    await lab.release();
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  test.each([{ options: ['--option', 'kind=frames', '--option', 'direction=from'] }, { options: [] }])(
    'SIGKILL of the command ($options): the fabric heals',
    async ({ options }) => {
      const command = startHadrill(['fault', name, 'cut', 'b:eth1', '--for', '60s', ...options]);
      await command.said(/cut of b:eth1/);
      expect((await lab.exec('a', ['ping', '-c', '1', '-W', '1', ADDRESS.b!])).exit_code).not.toBe(0);
      command.signal('SIGKILL');
      await waitUntil({
        what: 'the fabric to heal the wire',
        timeout_ms: 10_000,
        check: async () => (await lab.exec('a', ['ping', '-c', '1', '-W', '1', ADDRESS.b!])).exit_code === 0,
      });
      expect(await lab.agent.call('wire_state', { port: 'b' })).toMatchObject({
        state: 'forwarding',
        learning: true,
        locked: false,
        unicast_flood: true,
        carrier: true,
      });
    },
  );

  test('what it cannot be aimed at, or told, is refused', async () => {
    const refusals: [string[], RegExp][] = [
      [['b'], /cut cannot be aimed at 'b'/],
      [['b:eth9'], /eth9/],
      [['b:eth1', '--option', 'kind=carrier', '--option', 'direction=from'], /both directions/],
      [['b:eth1', '--option', 'kind=cable'], /'cable'/],
      [['b:eth1', '--option', 'direction=up'], /'up'/],
    ];
    for (const [words, message] of refusals) {
      const done = await refused(['fault', name, 'cut', ...words, '--for', '1s'], 2);
      expect(done.stderr).toMatch(message);
    }
    await pings(lab, 'a', ADDRESS.b!);
  });
});
