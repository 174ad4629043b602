import { describe, expect, test } from 'vitest';
import { InputError, UnknownError } from '../../../harness/ground/errors.ts';
import { http } from '../../../harness/probes/http/http.ts';
import { metadata } from '../../../harness/probes/http/metadata.ts';

const MS = 1_000_000;
const HEADER = 'seq,sent_ns,connected_ns,done_ns,outcome,status,backend,node,reused\n';
const SAID = { kind: 'http', from: 'client', address: '198.18.1.100' };
const OPTIONS = http.options.parse(SAID);
const ASKS = { kind: 'metadata', from: 'vm1', instance: 'i-1' };
/** Sent are 500 requests, every 20 ms from 0 s to 10 s. */
const WINDOWS = { fault_ns: 2000 * MS, heal_ns: 7000 * MS, healed_ns: 7500 * MS, end_ns: 9900 * MS };

/** What became of the request that was sent at this moment: how long it took and the fields from the outcome on. */
type Fate = (sent_ms: number) => [took_ms: number | null, rest: string];

const right = (backend = 'web1', node = 'lb1'): [number, string] => [2, `ok,200,${backend},${node},0`];
const refused: [number, string] = [1, 'refused,,,,0'];

function csv(fate: Fate, interval_ms = 20): string {
  const lines = Array.from({ length: 10_000 / interval_ms }, (_, i) => {
    const sent_ns = i * interval_ms * MS;
    const [took_ms, rest] = fate(i * interval_ms);
    const done = took_ms === null ? '' : sent_ns + took_ms * MS;
    return `${i},${sent_ns},${rest.startsWith('refused') ? '' : sent_ns + MS},${done},${rest}\n`;
  });
  return HEADER + lines.join('');
}
const within = (sent_ms: number, from_ms: number, to_ms: number) => sent_ms >= from_ms && sent_ms < to_ms;
const broken =
  (...outages: [from_ms: number, to_ms: number][]): Fate =>
  (sent_ms) =>
    outages.some(([from, to]) => within(sent_ms, from, to)) ? refused : right();
const files = (text: string) => ({ 'web.csv': new TextEncoder().encode(text) });
const analyse = (fate: Fate, options = OPTIONS) => http.analyse('web', options, files(csv(fate)), WINDOWS);

describe('what the record of a probe http says', () => {
  test('of one outage, with another node behind it', () => {
    const found = analyse((sent_ms) =>
      within(sent_ms, 2000, 4000)
        ? refused
        : right(sent_ms % 40 ? 'web1' : 'web2', sent_ms < 2000 ? 'lb1' : 'lb2'),
    );
    expect(found.metrics).toEqual({
      outage_ms: 2000,
      outage_error_ms: 20,
      outages: 1,
      outages_until_healing: 1,
      requests: 500,
      failed: 100,
      late: 0,
      wrong_content: 0,
      bad_status: 0,
      unfinished: 0,
      disturbed_ms: 1980,
      in_flight: 0,
      in_flight_failed: 0,
      in_flight_late: 0,
      backends: 2,
      nodes: 2,
      latency_median_ms: 2,
      latency_p99_ms: 2,
      send_jitter_ms: 0,
    });
    expect(found).toMatchObject({ open: [], doubts: [], starved_ms: 0, rejoin_outage_ms: 0 });
  });

  test('every metric that is promised is there, but for that of the wire, and no other', () => {
    const promised = Object.keys(http.metrics).filter((measure) => measure !== 'retransmitted');
    const kept = http.options.parse({ ...SAID, connections: 'keep-alive' });
    expect(Object.keys(analyse(broken(), kept).metrics).sort()).toEqual(promised.sort());
    const anew = Object.keys(analyse(broken()).metrics);
    expect(anew.sort()).toEqual(promised.filter((measure) => measure !== 'reconnects').sort());
  });

  test('of several outages: the longest before the healing, and each by itself', () => {
    const found = analyse(broken([1000, 1100], [2100, 2300], [3000, 3400], [7100, 7160]));
    expect(found.metrics).toMatchObject({ outage_ms: 400, outages: 3, outages_until_healing: 2 });
    expect(found.rejoin_outage_ms).toBe(60);
    expect(found.outages.map(({ outage_ms }) => outage_ms)).toEqual([200, 400, 60]);
  });

  test('of an outage that is open at the end', () => {
    const found = analyse(broken([2000, 10_000]));
    expect(found.open).toEqual(['web: the outage was still open at the end of the trial']);
  });

  test('of the last request that failed or came late between the fault and healing', () => {
    const disturbed = (fate: Fate) => analyse(fate).metrics.disturbed_ms;
    expect(disturbed(() => right())).toBe(0);
    expect(disturbed(broken([1000, 1900], [7000, 9000]))).toBe(0);
    expect(disturbed((sent_ms) => (sent_ms === 2500 ? [501, 'ok,200,web1,lb1,0'] : right()))).toBe(500);
    expect(disturbed((sent_ms) => (sent_ms === 2500 ? [499, 'ok,200,web1,lb1,0'] : right()))).toBe(0);
    expect(disturbed((sent_ms) => (sent_ms === 6980 ? [null, 'unfinished,,,,0'] : right()))).toBe(4980);
  });

  test('a wrong answer is not service, and neither is one that comes too late', () => {
    const wrong = analyse((sent_ms) =>
      within(sent_ms, 3000, 3200) ? [2, 'wrong-content,200,web1,lb1,0'] : right(),
    );
    expect(wrong.metrics).toMatchObject({ outage_ms: 200, failed: 10, wrong_content: 10, bad_status: 0 });
    const late = analyse((sent_ms) => (within(sent_ms, 3000, 3200) ? [501, 'ok,200,web1,lb1,0'] : right()));
    expect(late.metrics).toMatchObject({ outages: 1, failed: 0, late: 10 });
    const slower = http.options.parse({ ...SAID, late: '600ms' });
    const in_time = analyse(
      (sent_ms) => (within(sent_ms, 3000, 3200) ? [501, 'ok,200,web1,lb1,0'] : right()),
      slower,
    );
    expect(in_time.metrics).toMatchObject({ outages: 0, late: 0 });
  });

  test('of requests that were under way at the fault', () => {
    const found = analyse((sent_ms) => {
      if (sent_ms === 1900) return [700, 'ok,200,web1,lb1,0'];
      return within(sent_ms, 1920, 2000) ? [200, 'reset,,,,0'] : right();
    });
    expect(found.metrics).toMatchObject({ in_flight: 5, in_flight_failed: 4, in_flight_late: 1 });
  });

  test('of kept connections: those that came about beyond as many as are kept', () => {
    const kept = (concurrency: object) =>
      http.options.parse({ ...SAID, connections: 'keep-alive', ...concurrency });
    const fate: Fate = (sent_ms) => (sent_ms < 140 ? right() : [2, 'ok,200,web1,lb1,1']);
    expect(analyse(fate, kept({})).metrics.reconnects).toBe(3);
    expect(analyse(fate, kept({ concurrency: 2 })).metrics.reconnects).toBe(5);
    expect(analyse(fate, kept({ concurrency: 10 })).metrics.reconnects).toBe(0);
  });

  test('of nothing that was sent in time there is nothing to say', () => {
    expect(() => http.analyse('web', OPTIONS, files(HEADER), WINDOWS)).toThrow(UnknownError);
  });

  test.each([
    ['it is missing', {}, "the trial has no record 'web.csv'"],
    ['it is empty', files(''), "the record 'web.csv': these are not HTTP probe records"],
    ['it is cut', files(csv(broken()).slice(0, -3)), "the record 'web.csv' is cut"],
    ['a line is not a record', files(`${HEADER}1,2,3\n`), "the record 'web.csv': line 2"],
  ])('%s', (_, record, words) => {
    expect(() => http.analyse('web', OPTIONS, record, WINDOWS)).toThrow(InputError);
    expect(() => http.analyse('web', OPTIONS, record, WINDOWS)).toThrow(words);
  });
});

describe('what the record of a probe metadata says', () => {
  const options = metadata.options.parse(ASKS);
  const found = (fate: Fate) => metadata.analyse('web', options, files(csv(fate, 50)), WINDOWS);
  const answered = (status: number): [number, string] => [2, `status,${status},n1,n1,0`];

  test('of instances that are not its own, and of each status', () => {
    const { metrics, outages } = found((sent_ms) => {
      if (within(sent_ms, 2000, 2500)) return answered(503);
      if (within(sent_ms, 3000, 3150)) return answered(403);
      if (within(sent_ms, 4000, 4100)) return answered(404);
      if (within(sent_ms, 5000, 5150)) return answered(500);
      return within(sent_ms, 6000, 6100) ? [2, 'wrong-instance,200,n1,n1,0'] : right('n1', 'n2');
    });
    expect(metrics).toMatchObject({
      outage_ms: 500,
      requests: 200,
      failed: 20,
      bad_status: 18,
      status_503: 10,
      status_403: 3,
      status_404: 2,
      wrong_instance: 2,
      wrong_content: 0,
    });
    expect(outages).toHaveLength(5);
  });

  test('every metric that is promised is there, but for that of the wire, and no other', () => {
    const promised = Object.keys(metadata.metrics).filter((measure) => measure !== 'retransmitted');
    expect(Object.keys(found(() => right()).metrics).sort()).toEqual(promised.sort());
  });
});

describe('options', () => {
  test('have defaults', () => {
    const defaults = { port: 80, late: 500, timeout: 5000 };
    expect(OPTIONS).toEqual({
      ...SAID,
      ...defaults,
      interval: 20,
      connections: 'new',
      path: '/',
      content: 'echo',
    });
    expect(metadata.options.parse(ASKS)).toEqual({
      ...ASKS,
      ...defaults,
      address: '169.254.169.254',
      interval: 50,
      path: '/openstack/latest/',
    });
  });

  test('http: an address of IPv6 has one form', () => {
    const { address } = http.options.parse({ ...SAID, address: '2001:DB8:0::1', host: '[2001:db8::1]:80' });
    expect(address).toBe('2001:db8::1');
  });

  test.each<[object, string, RegExp]>([
    [{ interval: '4ms' }, 'interval', /^allowed: 5ms to 10s/],
    [{ interval: '11s' }, 'interval', /^allowed: 5ms to 10s/],
    [{ late: '9ms' }, 'late', /^allowed: 10ms to 60s/],
    [{ timeout: '61s' }, 'timeout', /^allowed: 100ms to 60s/],
    [{ timeout: '400ms' }, 'late', /^no longer than the timeout, 400 ms/],
    [{ address: '[2001:db8::1]' }, 'address', /^the address without brackets: 2001:db8::1$/],
    [{ address: 'fe80::1' }, 'address', /^an address that is not link-local/],
    [{ address: '2001:db8::1%eth0' }, 'address', /^an IPv4 or IPv6 address/],
    [{ address: '::' }, 'address', /^an address that a server can have/],
    [{ host: '2001:db8::1]' }, 'host', /^a host name, or an IPv6 address in brackets/],
    [{ port: 0 }, 'port', />=1/],
    [{ path: 'shop' }, 'path', /^a path such as/],
    [{ path: '/a b' }, 'path', /^a path such as/],
    [{ host: 'a b' }, 'host', /^a host name/],
    [{ content: 'some' }, 'content', /echo/],
    [{ connections: 'keep-alive', concurrency: 101 }, 'concurrency', /<=100/],
    [{ concurrency: 4 }, 'concurrency', /^only with connections: keep-alive/],
  ])('http: %j is refused', (more, key, message) => {
    const { error } = http.options.safeParse({ ...SAID, ...more });
    expect(error?.issues).toMatchObject([{ path: [key], message: expect.stringMatching(message) }]);
  });

  test.each<[object, string]>([
    [{ instance: '' }, 'instance'],
    [{ instance: undefined }, 'instance'],
    [{ tenant: '' }, 'tenant'],
    [{ timeout: '100ms' }, 'late'],
  ])('metadata: %j is refused', (more, key) => {
    expect(metadata.options.safeParse({ ...ASKS, ...more }).error?.issues).toMatchObject([{ path: [key] }]);
  });

  test('neither has a server of its own: it is a balancer or a proxy that is asked', () => {
    expect(http.options.safeParse({ ...SAID, to: 'web1' }).success).toBe(false);
    expect(http.nodes(OPTIONS)).toEqual(['client']);
    expect(http.port(OPTIONS)).toEqual({ protocol: 'tcp', port: 80 });
  });
});

test.each([http, metadata])(
  'the takeover bounds the outage of $kind, where the fault cuts clients off',
  (kind) => {
    const takeover = { low: 1, high: 2, from: 'VRRP' };
    const bounds = (bound?: typeof takeover) =>
      kind.bounds?.({} as never, { takeover: bound, outage_ms: 5 }, {});
    expect(bounds(takeover)).toEqual({ outage_ms: takeover });
    expect(bounds()).toEqual({});
  },
);
