import { describe, expect, test } from 'vitest';
import { dhcp } from '../../../harness/probes/dhcp/dhcp.ts';
import { A, B, client, type Line, lease, record, unserved } from './dhcp-records.ts';

const POOL = { kind: 'dhcp', from: 'tester', interface: 'lan', ranges: ['198.18.17.0/24'] };
/** A client every 100 ms from 0 s to 30 s. */
const WINDOWS = { fault_ns: 10e9, heal_ns: 20e9, healed_ns: 21e9, end_ns: 29e9 };
const MS = 1e6;

/** Each client gives its address back half a second after its DISCOVER. */
const clients = (change: (sent_ms: number, seq: number) => Partial<Line> = () => ({})) =>
  Array.from({ length: 300 }, (_, seq) => {
    const sent_ms = 100 * seq;
    return client(seq, sent_ms, {
      port: '0.0.0.0',
      released: (sent_ms + 500) * MS,
      ...change(sent_ms, seq),
    });
  });
function analyse(text: string, more: object = {}) {
  const options = dhcp.options.parse({ ...POOL, ...more });
  return dhcp.analyse('dhcp', options, { 'dhcp.jsonl': new TextEncoder().encode(text) }, WINDOWS);
}

describe('a DHCP probe of pools', () => {
  test('finds nothing where nothing is wrong, and promises what it gives', () => {
    const { metrics, open, doubts } = analyse(record(clients()), { servers: [A, B] });
    expect({ open, doubts }).toEqual({ open: [], doubts: [] });
    expect(metrics).toMatchObject({
      outside_ranges: 0,
      shared_addresses: 0,
      strange_servers: 0,
      servers_back: 2,
    });
    // No client has an address that is its own.
    expect(metrics).not.toHaveProperty('same_address_ratio');
    expect(Object.keys(metrics).filter((name) => !(name in dhcp.metrics))).toEqual([]);
  });

  test('names an address outside of the ranges, of a new client and of a held lease', () => {
    const { metrics, open } = analyse(record(clients()), { ranges: ['198.18.17.2-198.18.17.254'] });
    expect(metrics.outside_ranges).toBe(2);
    expect(open).toEqual([
      `dhcp: clients got 198.18.17.0 (by ${A}), 198.18.17.1 (by ${A}), outside of the ranges`,
    ]);
    const held = analyse(record(clients(), [lease('renew', 5000, 'ack', { address: '198.18.99.1' })]));
    expect(held.open).toEqual([`dhcp: clients got 198.18.99.1 (by ${A}), outside of the ranges`]);
  });

  test('names an address that two clients had at once, and only such', () => {
    const twice = (sent_ms: number): Partial<Line> =>
      sent_ms === 12_000 || sent_ms === 12_300
        ? {
            ack: [sent_ms === 12_000 ? A : B, '198.18.17.240', 120, 10, 20, (sent_ms + 5) * MS],
          }
        : {};
    const found = analyse(record(clients(twice)));
    expect(found.metrics.shared_addresses).toBe(1);
    expect(found.open).toEqual([
      `dhcp: two clients had the same address at once: 198.18.17.240 (by ${A} and ${B})`,
    ]);
    // The first one gave it back before.
    const later = (sent_ms: number) =>
      sent_ms === 12_000 ? { ...twice(12_000), released: 12_200 * MS } : twice(sent_ms);
    expect(analyse(record(clients(later))).metrics.shared_addresses).toBe(0);
  });

  test('knows until when a held lease has its address', () => {
    const takes = (sent_ms: number): Partial<Line> =>
      sent_ms === 15_000 ? { ack: [B, '198.18.17.240', 120, 10, 20, 15_005 * MS] } : {};
    const mine = { address: '198.18.17.240' };
    const held = [lease('acquire', 1000, 'ack', mine), lease('renew', 2000, 'ack', mine)];
    expect(analyse(record(clients(takes), held)).metrics.shared_addresses).toBe(1);
    const lost = [...held, lease('renewed-by-discover', 14_000, 'ack', { address: '198.18.17.241' })];
    expect(analyse(record(clients(takes), lost)).metrics.shared_addresses).toBe(0);
    const refused = [...held, lease('renew', 14_000, 'nak')];
    expect(analyse(record(clients(takes), refused)).metrics.shared_addresses).toBe(0);
  });

  test('fails a trial whose servers refuse clients', () => {
    const naks = (_: number, seq: number): Partial<Line> =>
      seq === 3 ? { offers: [[A, '198.18.17.3', 302 * MS]], naks: [[B, 305 * MS]] } : {};
    expect(analyse(record(clients(naks))).open).toEqual([
      `dhcp: 1 requests for the offer of one server were refused by another, ${B}`,
    ]);
    // Its own offer: the address went to another client meanwhile.
    const own = (_: number, seq: number): Partial<Line> => (seq === 3 ? { naks: [[A, 305 * MS]] } : {});
    expect(analyse(record(clients(own)))).toMatchObject({ open: [], metrics: { naks: 1 } });
    const renew = [lease('renew', 14_000, 'nak')];
    expect(analyse(record(clients(), renew)).open).toEqual([`dhcp: 1 RENEWs were refused, by ${A}`]);
    // A server that does not know the lease of another may say so.
    expect(analyse(record(clients(), [lease('rebind', 14_000, 'nak')])).open).toEqual([]);
  });

  test('names servers that are strange, and those that offer nothing before the fault or after the healing', () => {
    const options = { servers: [A, '198.18.16.9'] };
    expect(analyse(record(clients()), options)).toMatchObject({
      metrics: { strange_servers: 1 },
      open: [
        `dhcp: ${B} offered addresses and is not among its servers`,
        'dhcp: 198.18.16.9 offered no address before the fault',
      ],
    });
    const gone = (sent_ms: number): Partial<Line> =>
      sent_ms >= 10_000 ? { offers: [[A, '198.18.17.9', (sent_ms + 2) * MS]] } : {};
    const found = analyse(record(clients(gone)));
    expect(found.metrics.servers_back).toBe(1);
    expect(found.open).toEqual([
      `dhcp: ${B} offered addresses before the fault, and none from the healing to the end of the trial`,
    ]);
  });

  test('counts offers and addresses that come as late as its options allow', () => {
    const late = (sent_ms: number): Partial<Line> => ({
      offers: [[B, '198.18.17.9', (sent_ms + 1900) * MS]],
      requests: [(sent_ms + 1900) * MS],
      ack: [B, `198.18.17.${(sent_ms / 100) % 200}`, 120, 10, 20, (sent_ms + 3500) * MS],
      released: (sent_ms + 3600) * MS,
    });
    const options = { served_within: '4s', offers_within: '2500ms' };
    expect(analyse(record(clients(late)), options).metrics).toMatchObject({
      gap_ms: 0,
      offers_per_discover: 1,
      servers: 1,
    });
    expect(analyse(record(clients(late))).metrics.gap_ms).toBeGreaterThan(9000);
    const dead = (sent_ms: number) => (sent_ms >= 10_000 && sent_ms < 13_000 ? unserved : late(sent_ms));
    expect(analyse(record(clients(dead)), options).metrics.gap_ms).toBeGreaterThan(2900);
  });
});

describe('its options', () => {
  const problems = (more: object) => {
    const found = dhcp.options.safeParse({ kind: 'dhcp', from: 'tester', interface: 'lan', ...more });
    return found.error?.issues.map(({ path, message }) => [path.join('.'), message.split(':')[0]]) ?? [];
  };

  test.each([
    [{}, [['', expect.stringMatching(/^needs 'network' .* or 'ranges'/)]]],
    [
      { network: 'net1', ranges: ['198.18.1.1'] },
      [['ranges', expect.stringMatching(/^has 'network' as well/)]],
    ],
    [{ network: 'net1', servers: [A] }, [['servers', "needs 'ranges'"]]],
    [
      { ranges: ['198.18.1.9-198.18.1.1'] },
      [['ranges.0', expect.stringMatching(/^expected addresses such as/)]],
    ],
    [{ ranges: ['198.18.1.1'], servers: ['dhcp1'] }, [['servers.0', expect.stringMatching(/IPv4 address/)]]],
    [
      { ranges: ['198.18.1.1'], served_within: '5s' },
      [['served_within', "must not be longer than 'retransmit' (4 s)"]],
    ],
    [
      { ranges: ['198.18.1.1'], offers_within: '5s' },
      [['offers_within', "must not be longer than 'retransmit' (4 s)"]],
    ],
  ])('%j', (more, expected) => {
    expect(problems(more)).toEqual(expected);
  });

  test('that are right', () => {
    expect(problems({ network: 'net1' })).toEqual([]);
    expect(problems({ ranges: ['198.18.1.0/24'], servers: [A], served_within: '4s' })).toEqual([]);
  });
});
