import { describe, expect, test } from 'vitest';
import { InputError, UnknownError } from '../../../harness/ground/errors.ts';
import { dhcp } from '../../../harness/probes/dhcp/dhcp.ts';
import { A, B, client, type Line, lease, record, unserved } from './dhcp-records.ts';

const MS = 1e6;
const OPTIONS = dhcp.options.parse({ kind: 'dhcp', from: 'tester', interface: 'net1', network: 'net1' });
/** A client every 100 ms from 0 s to 30 s. */
const WINDOWS = { fault_ns: 10e9, heal_ns: 20e9, healed_ns: 21e9, end_ns: 29e9 };
const files = (text: string) => ({ 'net1.jsonl': new TextEncoder().encode(text) });
const analyse = (text: string) => dhcp.analyse('net1', OPTIONS, files(text), WINDOWS);
const clients = (change: (sent_ms: number, seq: number) => Partial<Line> = () => ({})) =>
  Array.from({ length: 300 }, (_, seq) => client(seq, 100 * seq, change(100 * seq, seq)));
const without =
  (from_ms: number, to_ms: number) =>
  (sent_ms: number): Partial<Line> =>
    sent_ms >= from_ms && sent_ms < to_ms ? unserved : {};

describe('what a DHCP probe’s record says', () => {
  test('where nothing happened: every metric but those of which there is nothing', () => {
    const { metrics, ...rest } = analyse(record(clients()));
    expect(metrics).toEqual({
      gap_ms: 0,
      gap_error_ms: 100,
      gap_open_at_heal: 0,
      exchanges: 300,
      failed: 0,
      unfinished: 0,
      offers_per_discover: 2,
      offers_per_discover_after: 2,
      servers: 2,
      servers_after: 2,
      servers_left: 2,
      equal_offers_ratio: 1,
      naks: 0,
      retries: 0,
      same_address_ratio: 1,
      wait_ms: 5,
      wait_median_ms: 5,
      renews: 0,
      renew_naks: 0,
      orphans: 0,
      send_jitter_ms: 0,
    });
    const none = { outages: [], rejoin_outage_ms: 0, open: [], doubts: [] };
    expect(rest).toEqual({ ...none, starved_ms: 0, starved_until_healing_ms: 0 });
  });

  test('it gives no metric that is not promised', () => {
    const leases = [lease('renew', 11_000, 'none'), lease('rebind', 12_000, 'ack')];
    const given = Object.keys(analyse(record(clients(), leases)).metrics);
    expect(given.filter((name) => !(name in dhcp.metrics))).toEqual([]);
  });

  test('of a gap', () => {
    const found = analyse(record(clients(without(10_000, 13_000))));
    expect(found.metrics).toMatchObject({ gap_ms: 3000, gap_error_ms: 100, gap_open_at_heal: 0, failed: 30 });
    expect(found.outages).toHaveLength(1);
    expect(found).toMatchObject({ open: [], doubts: [], rejoin_outage_ms: 0 });
  });

  test('of a gap whose first client that is served asked before the healing, and got it after: it is open', () => {
    const served_after = (sent_ms: number, seq: number): Partial<Line> =>
      sent_ms === 19_900 ? { ack: [A, `198.18.17.${seq % 200}`, 120, 10, 20, 20_100 * MS] } : {};
    const found = analyse(
      record(
        clients((sent_ms, seq) => ({ ...without(10_000, 19_900)(sent_ms), ...served_after(sent_ms, seq) })),
      ),
    );
    expect(found.outages[0]!.end_ns, 'the middle of what is possible').toBeLessThan(WINDOWS.heal_ns);
    expect(found.metrics.gap_open_at_heal).toBe(1);
  });

  test('of a gap that ends only after the healing: its whole length, and it is not open', () => {
    const found = analyse(record(clients(without(10_000, 22_000))));
    expect(found.metrics).toMatchObject({
      gap_ms: 12_000,
      gap_open_at_heal: 1,
      servers_after: 0,
      servers_left: 0,
    });
    expect(found.open).toEqual([]);
  });

  test('of a gap that begins after the healing', () => {
    const found = analyse(record(clients(without(23_000, 24_000))));
    expect(found.metrics).toMatchObject({ gap_ms: 0, gap_open_at_heal: 0 });
    expect(found.rejoin_outage_ms).toBe(1000);
  });

  test('of a gap that is open at the end of the trial', () => {
    const found = analyse(record(clients(without(10_000, 30_000))));
    expect(found.metrics.gap_open_at_heal).toBe(1);
    expect(found.open).toEqual(['net1: new clients still got no address at the end of the trial']);
  });

  test('of a client that was left without an answer, while others got one', () => {
    const left = clients((_, seq) => (seq === 250 ? { ack: null, end: 'open' } : {}));
    expect(analyse(record(left))).toMatchObject({
      metrics: { unfinished: 1 },
      open: ['net1: 1 clients were left without an answer at the end of the trial'],
    });
    // It waits for its next try: asked last while there was no service.
    const waits = clients((_, seq) => (seq === 150 ? { ack: null, end: 'open' } : {}));
    expect(analyse(record(waits))).toMatchObject({ metrics: { unfinished: 1 }, open: [] });
  });

  test('of servers: who offered before, who does after', () => {
    const fewer = clients((sent_ms, seq) =>
      sent_ms < 10_000
        ? {}
        : {
            offers: [[B, `198.18.17.${seq % 200}`, (sent_ms + 3) * MS]],
            ack: [B, '198.18.17.250', 120, 10, 20, (sent_ms + 9) * MS],
            naks: [[A, sent_ms * MS]],
          },
    );
    expect(analyse(record(fewer)).metrics).toMatchObject({
      offers_per_discover: 2,
      offers_per_discover_after: 1,
      servers: 2,
      servers_after: 1,
      servers_left: 1,
      same_address_ratio: 1 / 3,
      naks: 200,
      wait_ms: 9,
    });
  });

  test('of leases that lost their server', () => {
    const leases = [
      lease('acquire', 0, 'ack', { granted_by: null }),
      lease('renew', 1000, 'ack'),
      lease('renew', 10_500, 'none'),
      lease('rebind', 11_500, 'none'),
      lease('rebind', 12_500, 'ack', { server: B }),
      lease('renew', 22_000, 'nak'),
    ];
    const { metrics } = analyse(record(clients(), leases));
    expect(metrics).toMatchObject({
      renews: 3,
      renew_naks: 1,
      orphans: 1,
      orphan_rebind_ratio: 0.5,
      orphan_rebind_ms: 4,
    });
    expect(metrics).not.toHaveProperty('orphan_renew_ratio');
    expect(metrics).not.toHaveProperty('orphan_reboot_ms');
  });

  test('lines may come in any order', () => {
    expect(analyse(record(clients(without(10_000, 13_000)).toReversed())).metrics.gap_ms).toBe(3000);
  });

  test('frames that the kernel dropped make it doubtful', () => {
    expect(analyse(record(clients(), [], { dropped: 3 })).doubts).toEqual([
      'net1: the kernel could not hand over 3 frames',
    ]);
  });

  test('of the machine: how long it kept the clients from coming', () => {
    const late = clients().map((one) => client(one.seq, 100 * one.seq + (one.seq >= 150 ? 80 : 0)));
    expect(analyse(record(late)).starved_ms).toBe(80);
  });

  test('of nothing that was sent in time there is nothing to say', () => {
    expect(() => analyse(record([]))).toThrow(UnknownError);
  });

  const whole = record(clients(), [lease('renew', 1000, 'ack')]);
  test.each([
    ['it is missing', {}, "the trial has no record 'net1.jsonl'"],
    ['it is empty', files(''), "'net1.jsonl' is not a record of a DHCP probe"],
    [
      'it is of another probe',
      files('seq,sent_ns,echoed_ns,received_ns\n'),
      'is not a record of a DHCP probe',
    ],
    ['its last line is cut', files(whole.slice(0, -3)), "'net1.jsonl' is cut"],
    ['it ends early', files(`${whole.split('\n').slice(0, 50).join('\n')}\n`), "'net1.jsonl' is cut"],
    ['a line is lost', files(whole.split('\n').toSpliced(7, 1).join('\n')), 'lacks lines'],
    [
      'a line is not JSON',
      files(whole.replace('"offers"', 'offers')),
      'line 3 is not a record of a DHCP probe: ',
    ],
    [
      'a field is unknown',
      files(whole.replace('"offers"', '"offerings"')),
      'line 3 is not a record of a DHCP probe: offers',
    ],
    ['a moment is none', files(whole.replace('"discovers":[0]', '"discovers":["0"]')), 'discovers.0'],
    ['an answer has no time', files(whole.replace('"at":1004000000', '"at":null')), 'an answer has a time'],
  ])('%s', (_, records, words) => {
    expect(() => dhcp.analyse('net1', OPTIONS, records, WINDOWS)).toThrow(InputError);
    expect(() => dhcp.analyse('net1', OPTIONS, records, WINDOWS)).toThrow(words);
  });
});

test('the gap is bounded where a server was left', () => {
  const bounds = (servers_left: number) =>
    dhcp.bounds!(OPTIONS, { takeover: undefined, outage_ms: undefined }, { servers_left });
  expect(bounds(1)).toMatchObject({ gap_ms: { low: 0, high: 5000 }, wait_ms: { low: 0, high: 5000 } });
  expect(bounds(0)).toEqual({});
});
