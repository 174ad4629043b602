import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError, UnknownError } from '../../../harness/ground/errors.ts';
import { dhcpLoad } from '../../../harness/probes/dhcp/dhcp-load.ts';
import { type RateSearch, searchRate } from '../../../harness/probes/dhcp/rate-search.ts';
import { client, type Line, record, unserved } from './dhcp-records.ts';

const OPTIONS = dhcpLoad.options.parse({
  kind: 'dhcp-load',
  from: 'tester',
  interface: 'net1',
  network: 'net1',
});
const WINDOWS = { fault_ns: 10e9, heal_ns: 20e9, healed_ns: 21e9, end_ns: 29e9 };
const SEARCH = { highest: 125, limit: 'server', steps: [] };
const encode = (text: string) => new TextEncoder().encode(text);
const rates = [
  { rate: 20, from_seq: 0, at: 0 },
  { rate: 100, from_seq: 10, at: 1e9 },
];
const files = (clients: Line[], search: object = SEARCH, lines: object[] = rates) => ({
  'load.jsonl': encode(record(clients, lines)),
  'load-search.json': encode(JSON.stringify(search)),
});
/** Ten clients of the search, then one every 10 ms from 1 s to 30 s. */
const clients = (change: (sent_ms: number) => Partial<Line> = () => ({})) => [
  ...Array.from({ length: 10 }, (_, seq) => client(seq, 50 * seq, unserved)),
  ...Array.from({ length: 2900 }, (_, at) => client(at + 10, 1000 + 10 * at, change(1000 + 10 * at))),
];
const analyse = (records: ReturnType<typeof files>) => dhcpLoad.analyse('load', OPTIONS, records, WINDOWS);

describe('what the records of a DHCP load say', () => {
  test('of the time in which the share was held, not of the search', () => {
    const { metrics, ...rest } = analyse(files(clients()));
    expect(metrics).toEqual({
      highest_rate: 125,
      client_limited: 0,
      rate_before: expect.closeTo(100, 0),
      rate_dip: 100,
      rate_after: expect.closeTo(100, 0),
      exchanges: 2900,
      failed: 0,
      gap_ms: 0,
      gap_error_ms: 10,
      gap_open_at_heal: 0,
      cpu_ratio: 0.1,
    });
    expect(Object.keys(metrics).sort()).toEqual(Object.keys(dhcpLoad.metrics).sort());
    expect(rest).toMatchObject({ outages: [], open: [], doubts: [], starved_ms: 0 });
  });

  test('of a fault: how few were served, and how many after', () => {
    const found = analyse(files(clients((ms) => (ms >= 10_000 && ms < 14_000 ? unserved : {}))));
    expect(found.metrics).toMatchObject({ rate_dip: 0, gap_ms: 4000, failed: 400 });
    // From the end of the gap on.
    expect(found.metrics.rate_after).toBeCloseTo(100, 0);
  });

  test('of one that halves the rate', () => {
    const half = (ms: number) => (ms >= 10_000 && ms % 20 === 0 ? unserved : {});
    expect(analyse(files(clients(half))).metrics).toMatchObject({ rate_dip: 50, gap_ms: 0 });
  });

  test('of one that nobody answers until healing there is no rate afterwards', () => {
    const { metrics } = analyse(files(clients((ms) => (ms >= 10_000 && ms < 22_000 ? unserved : {}))));
    expect(metrics).not.toHaveProperty('rate_after');
    expect(metrics.gap_open_at_heal).toBe(1);
  });

  test('that the probe was the limit', () => {
    expect(analyse(files(clients(), { ...SEARCH, limit: 'client' })).metrics.client_limited).toBe(1);
  });

  test.each([
    ['no rate was set', files(clients(), SEARCH, []), "'load.jsonl' has no rate"],
    [
      'the search is none',
      files(clients(), { highest: 'high' }),
      "'load-search.json' is not a record of a search",
    ],
  ])('%s', (_, records, words) => {
    expect(() => analyse(records)).toThrow(InputError);
    expect(() => analyse(records)).toThrow(words);
  });

  test('too much to be captured is not', () => {
    const most = (most: number) => dhcpLoad.bulk!(dhcpLoad.options.parse({ ...OPTIONS, search: { most } }));
    expect(most(2000)).toBeUndefined();
    expect(most(10_000)).toBe('udp and (port 67 or port 68)');
  });
});

describe('searchRate', () => {
  const search: RateSearch = { from: 20, step_factor: 1.5, most: 100_000 };
  /** A service that sustains up to a rate, asked by a client that can do up to another. */
  const upTo =
    (server: number, client = Infinity) =>
    async (per_s: number) => ({
      per_s,
      sustained: per_s <= Math.min(server, client),
      client_limited: per_s > client,
    });

  test('finds the rate within ten percent, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: 50_000 }), async (limit) => {
        const found = await searchRate(search, upTo(limit));
        expect(found.limit).toBe('server');
        expect(found.highest).toBeLessThanOrEqual(limit);
        expect((found.highest + 1) * 1.1 + 1).toBeGreaterThanOrEqual(limit);
        expect(found.steps.length).toBeLessThan(40);
      }),
    );
  });

  test('says that the client is the limit', async () => {
    expect((await searchRate(search, upTo(1000, 300))).limit).toBe('client');
    const busy = async (per_s: number) => ({ per_s, sustained: true, client_limited: per_s > 100 });
    expect(await searchRate(search, busy)).toMatchObject({ highest: 102, limit: 'client' });
  });

  test('tries nothing beyond the most', async () => {
    const found = await searchRate({ ...search, most: 50 }, upTo(1000));
    expect(found).toMatchObject({ highest: 50, limit: 'most' });
    expect(found.steps.map(({ per_s }) => per_s)).toEqual([20, 30, 45, 50]);
  });

  test('that begins too high finds nothing', async () => {
    await expect(searchRate(search, upTo(19))).rejects.toThrow(UnknownError);
    await expect(searchRate(search, upTo(19))).rejects.toThrow('the DHCP servers do not keep up with 20');
    await expect(searchRate(search, upTo(100, 19))).rejects.toThrow('the probe itself does not keep up');
  });
});
