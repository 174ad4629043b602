import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asRequests,
  type DhcpExchange,
  dhcpGaps,
  offersWithin,
  retriesOf,
  sameAddressRatio,
  unansweredAtEnd,
  waitsFrom,
} from '../../../../harness/probes/dhcp/records/dhcp-exchanges.ts';
import { serverLossBound } from '../../../../harness/probes/dhcp/records/dhcp-gap-bounds.ts';

const MS = 1e6;
const [A, B] = ['198.18.16.2', '198.18.16.3'];
const ADDRESS = '198.18.17.9';

/** Begun 100 ms after the one before, offered by both servers, served after 5 ms. */
function exchange(seq: number, change: Partial<DhcpExchange> = {}): DhcpExchange {
  const sent_ns = 100 * seq * MS;
  return {
    seq,
    port_address: ADDRESS,
    discovers_ns: [sent_ns],
    offers: [offer(A, sent_ns + 2 * MS), offer(B, sent_ns + 3 * MS)],
    requests_ns: [sent_ns + 3 * MS],
    ack: grant(sent_ns + 5 * MS),
    naks: [],
    end: 'acked',
    ...change,
  };
}
const offer = (server: string, at_ns: number, address = ADDRESS) => ({ server, address, at_ns });
const grant = (at_ns: number, address = ADDRESS) => ({
  server: A,
  address,
  lease_s: 120,
  t1_s: 10,
  t2_s: 20,
  at_ns,
});
const unserved = (seq: number): DhcpExchange =>
  exchange(seq, { offers: [], requests_ns: [], ack: null, end: 'open' });
const many = (count: number, of: (seq: number) => DhcpExchange) =>
  Array.from({ length: count }, (_, seq) => of(seq));
const gapsOf = (exchanges: DhcpExchange[], min_lost = 1) => dhcpGaps(asRequests(exchanges), 100, min_lost);

describe('gaps', () => {
  it('lie between the last client that was served and the next one, by the schedule', () => {
    const gaps = gapsOf(many(50, (seq) => (seq >= 20 && seq < 30 ? unserved(seq) : exchange(seq))));
    expect(gaps.outages).toMatchObject([
      {
        start_ns: 1950 * MS,
        end_ns: 2950 * MS,
        outage_ms: 1000,
        outage_error_ms: 100,
        open: false,
        lost: 10,
      },
    ]);
  });

  it('end with one client that is served', () => {
    const served = new Set([25]);
    const gaps = gapsOf(
      many(50, (seq) => (seq >= 20 && seq < 30 && !served.has(seq) ? unserved(seq) : exchange(seq))),
    );
    expect(gaps.outages.map(({ lost }) => lost)).toEqual([5, 4]);
  });

  it('are not filled by clients that were served at a later try', () => {
    const late = (seq: number) => exchange(seq, { ack: grant(100 * seq * MS + 4005 * MS) });
    expect(
      gapsOf(many(50, (seq) => (seq < 20 || seq >= 30 ? exchange(seq) : late(seq)))).outages,
    ).toHaveLength(1);
  });

  it('begin with as many clients as are told', () => {
    const one = many(50, (seq) => (seq === 20 ? unserved(seq) : exchange(seq)));
    expect(gapsOf(one).outages).toMatchObject([{ lost: 1, outage_ms: 100, outage_error_ms: 100 }]);
    expect(gapsOf(one, 2).outages).toEqual([]);
  });

  it('are none when service took up to a second', () => {
    const slow = (seq: number) => exchange(seq, { ack: grant((100 * seq + 1000) * MS) });
    expect(gapsOf(many(50, slow)).outages).toEqual([]);
  });

  it('hold the true time without service within their error', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 500, max: 4000 }),
        fc.integer({ min: 300, max: 4000 }),
        (from_ms, length_ms) => {
          const gaps = gapsOf(
            many(100, (seq) => {
              const sent_ms = 100 * seq;
              return sent_ms >= from_ms && sent_ms < from_ms + length_ms ? unserved(seq) : exchange(seq);
            }),
          );
          const [gap] = gaps.outages;
          expect(Math.abs(gap!.outage_ms - length_ms)).toBeLessThanOrEqual(gap!.outage_error_ms);
          expect(gap!.outage_error_ms).toBe(100);
        },
      ),
    );
  });
});

describe('offersWithin', () => {
  it('counts servers for each DISCOVER', () => {
    const one = (seq: number) => exchange(seq, { offers: [offer(B, 100 * seq * MS)] });
    const found = offersWithin(
      many(40, (seq) => (seq < 20 ? exchange(seq) : one(seq))),
      -Infinity,
      4500 * MS,
    );
    expect(found.per_discover).toBe(1.5);
    expect([...found.servers].sort()).toEqual([A, B]);
    expect(offersWithin(many(40, one), 0, 9000 * MS).servers).toEqual(new Set([B]));
  });

  it('counts a server once that offers twice, and each DISCOVER of a client by itself', () => {
    const twice = exchange(0, { offers: [offer(A, 1), offer(A, 2)] });
    expect(offersWithin([twice], -Infinity, Infinity).per_discover).toBe(1);
    const repeated = exchange(0, {
      discovers_ns: [0, 4000 * MS],
      offers: [offer(A, 4001 * MS), offer(B, 4002 * MS)],
    });
    expect(offersWithin([repeated], -Infinity, Infinity).per_discover).toBe(1);
    expect(offersWithin([repeated], 1, Infinity).per_discover).toBe(2);
  });

  it('leaves out DISCOVERs whose time for offers is not over', () => {
    const all = many(10, exchange);
    expect(offersWithin(all, 0, 900 * MS).per_discover).toBe(2);
    expect(offersWithin(all, 0, 499 * MS)).toMatchObject({ per_discover: undefined, equal_ratio: undefined });
    const lost = exchange(3, { offers: [] });
    expect(offersWithin([lost], 0, 799 * MS).per_discover).toBeUndefined();
    expect(offersWithin([lost], 0, 800 * MS).per_discover).toBe(0);
  });

  it('says how often all servers offer the same address: of DISCOVERs that several offer for', () => {
    const other = exchange(1, { offers: [offer(A, 100 * MS), offer(B, 101 * MS, '198.18.17.10')] });
    const alone = exchange(2, { offers: [offer(A, 200 * MS)] });
    expect(offersWithin([exchange(0), other, alone], -Infinity, Infinity).equal_ratio).toBe(0.5);
    expect(offersWithin([alone], -Infinity, Infinity).equal_ratio).toBeUndefined();
  });
});

it('sameAddressRatio is of the ACKs alone', () => {
  const wrong = exchange(1, { ack: grant(200 * MS, '198.18.17.10') });
  expect(sameAddressRatio([exchange(0), wrong, unserved(2)])).toBe(0.5);
  expect(sameAddressRatio([unserved(0)])).toBeUndefined();
});

it('waitsFrom is of clients that got an address after the moment, from their first DISCOVER on', () => {
  const long = exchange(3, { discovers_ns: [300 * MS, 4300 * MS], ack: grant(4310 * MS) });
  const all = [exchange(0), long, exchange(9), exchange(10), unserved(11)];
  expect(waitsFrom(all, 400 * MS)).toEqual({ longest_ms: 4010, median_ms: 5 });
  expect(waitsFrom(all, 9000 * MS)).toBeUndefined();
});

it('retriesOf counts DISCOVERs but for the first of each client', () => {
  expect(retriesOf([exchange(0), exchange(1, { discovers_ns: [1, 2, 3] })])).toBe(2);
});

describe('unansweredAtEnd', () => {
  const end_ns = 60_000 * MS;
  const last = (ms: number, change: Partial<DhcpExchange> = {}) => ({
    ...unserved(0),
    discovers_ns: [0, ms * MS],
    ...change,
  });
  const count = (one: DhcpExchange) => unansweredAtEnd([one], 50_000 * MS, end_ns).length;

  it('counts clients whose last message could have been answered and was not', () => {
    expect(count(last(50_000))).toBe(1);
    expect(count(last(59_000))).toBe(1);
    expect(count(last(40_000, { requests_ns: [55_000 * MS] }))).toBe(1);
  });

  it('leaves out clients that wait for their next try, that have just asked, that are served', () => {
    expect(count(last(49_999))).toBe(0);
    expect(count(last(59_001))).toBe(0);
    expect(count(last(55_000, { end: 'acked' }))).toBe(0);
    expect(count(last(55_000, { end: 'failed' }))).toBe(0);
  });
});

it('a client of a dead server has its address one retransmission later', () => {
  expect(serverLossBound(4000)).toMatchObject({ low: 0, high: 5000 });
});
