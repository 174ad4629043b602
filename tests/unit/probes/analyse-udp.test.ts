import { describe, expect, test } from 'vitest';
import { InputError, UnknownError } from '../../../harness/ground/errors.ts';
import { udp } from '../../../harness/probes/udp/udp.ts';

const MS = 1_000_000;
const OPTIONS = udp.options.parse({
  kind: 'udp',
  from: 'a',
  to: 'b',
  address: '203.0.113.1',
  interval: '5ms',
});
/** Sent are 2000 requests, every 5 ms from 0 s to 10 s. */
const WINDOWS = { fault_ns: 2000 * MS, heal_ns: 7000 * MS, healed_ns: 7500 * MS, end_ns: 9900 * MS };

type Answer = 'in time' | 'late' | 'never';
/** What became of the request that was sent at this moment. */
type Fate = (sent_ms: number) => Answer;

function csv(fate: Fate, sent_at = (i: number) => 5 * i): string {
  const lines = Array.from({ length: 2000 }, (_, i) => {
    const sent_ns = sent_at(i) * MS;
    const answer = fate(sent_at(i));
    if (answer === 'never') return `${i},${sent_ns},,`;
    return `${i},${sent_ns},${sent_ns + MS},${sent_ns + (answer === 'late' ? 150 : 2) * MS}`;
  });
  return `seq,sent_ns,echoed_ns,received_ns\n${lines.join('\n')}\n`;
}
const broken =
  (...outages: [from_ms: number, to_ms: number][]): Fate =>
  (sent_ms) =>
    outages.some(([from, to]) => sent_ms >= from && sent_ms < to) ? 'never' : 'in time';
const files = (text: string) => ({ 'web.csv': new TextEncoder().encode(text) });
const arrived = Array.from({ length: 2000 }, (_, i) => `${i},${5 * i * MS + MS / 2}`).join('\n');
/** Every request reached the server. */
const ARRIVED = { 'web-server.csv': new TextEncoder().encode(`seq,echoed_ns\n${arrived}\n`) };
const analyse = (text: string) => udp.analyse('web', OPTIONS, files(text), WINDOWS);

describe('what a UDP probe’s record says', () => {
  test('of one outage', () => {
    const found = analyse(csv(broken([2000, 5000])));
    expect(found.metrics).toEqual({
      outage_ms: 3000,
      outage_error_ms: 5,
      send_outage_ms: 3000,
      send_outage_error_ms: 5,
      send_outage_late: 0,
      send_outage_lost: 600,
      longest_delay_ms: 0,
      outages: 1,
      outages_until_healing: 1,
      lost: 600,
      sent: 2000,
      // Yardstick's checks are at 2.4 s and 4.8 s after its start; the fault falls on one of them.
      yardstick_outage_ms: 2500,
      neutron_pings_lost: 30,
      tl9000_outage: 0,
      loss_ratio: 0,
      degraded_ms: 0,
      degraded_error_ms: 0,
      degraded_ratio: 0,
      send_jitter_ms: 0,
    });
    expect(found).toMatchObject({ open: [], doubts: [], starved_ms: 0, rejoin_outage_ms: 0 });
  });

  test('every metric that is promised is there, but for those of the wire, and no other', () => {
    const promised = Object.keys(udp.metrics).filter((measure) => !measure.startsWith('wire_'));
    const one_way = (measure: string) => /^(to_(server|client)_|late_answers$|ways_error$)/.test(measure);
    // Records of before the server made any have nothing of each way.
    const of_both = promised.filter((measure) => !one_way(measure));
    expect(Object.keys(analyse(csv(broken())).metrics).sort()).toEqual(of_both.sort());
    const whole = { ...files(csv(broken())), ...ARRIVED };
    expect(Object.keys(udp.analyse('web', OPTIONS, whole, WINDOWS).metrics).sort()).toEqual(promised.sort());
  });

  test('of the way back, by what the server took: said in the outage and in a note', () => {
    const found = udp.analyse('web', OPTIONS, { ...files(csv(broken([2000, 5000]))), ...ARRIVED }, WINDOWS);
    expect(found.metrics).toMatchObject({
      ...{ to_server_outage_ms: 0, to_client_outage_ms: 3000, to_client_outage_error_ms: 5 },
      ...{ to_server_lost: 0, to_client_lost: 600, late_answers: 0, ways_error: 0 },
    });
    expect(found.outages).toMatchObject([{ outage_ms: 3000, direction: 'to-client' }]);
    expect(found.notes).toEqual([
      'web: in the outage of 3.00 s from -0.003 s after the fault requests reach the server, its answers do not come back',
    ]);
    const bad = { 'web-server.csv': new TextEncoder().encode('seq,echoed_ns\n1,x\n') };
    expect(() => udp.analyse('web', OPTIONS, { ...files(csv(broken())), ...bad }, WINDOWS)).toThrow(
      "the record 'web-server.csv': line 2",
    );
  });

  test('of an outage that does not end: open, and nothing of the way back, which nothing was sent on', () => {
    const lines = arrived.split('\n').slice(0, 399).join('\n');
    const record = { 'web-server.csv': new TextEncoder().encode(`seq,echoed_ns\n${lines}\n`) };
    const lost = csv(broken([1995, 10_000]));
    const found = udp.analyse('web', OPTIONS, { ...files(lost), ...record }, WINDOWS);
    expect(found.open).toEqual(['web: the outage was still open at the end of the trial']);
    expect(found.metrics.to_server_outage_ms).toBeGreaterThan(7000);
    expect(found.metrics).not.toHaveProperty('to_client_outage_ms');
    expect(found.metrics).not.toHaveProperty('to_client_outage_error_ms');
  });

  test('of a share that is lost: no outage, and how long it was so', () => {
    const found = analyse(
      csv((sent_ms) => (sent_ms >= 2000 && sent_ms < 5000 && sent_ms % 10 === 0 ? 'never' : 'in time')),
    );
    expect(found.metrics).toMatchObject({ outages: 0, outage_ms: 0, lost: 300 });
    expect(found.metrics.degraded_ratio).toBeCloseTo(0.5, 1);
    expect(Math.abs(found.metrics.degraded_ms! - 3000)).toBeLessThan(20);
    expect(found.notes).toEqual([
      expect.stringMatching(
        /^web: degraded: \d\d\.\d % lost \(\d\d\.\d to \d\d\.\d %, at most \d+ in a row\) for 3\.00 s ± \d+ ms, from /,
      ),
    ]);
  });

  test('of several outages: the longest before the healing, and each by itself', () => {
    const found = analyse(csv(broken([1000, 1100], [2100, 2300], [3000, 3400], [7100, 7150])));
    expect(found.metrics).toMatchObject({ outage_ms: 400, outages: 3, outages_until_healing: 2 });
    expect(found.rejoin_outage_ms).toBe(50);
    expect(found.outages.map(({ outage_ms }) => outage_ms)).toEqual([200, 400, 50]);
  });

  test('of an outage that is open at the end', () => {
    const found = analyse(csv(broken([2000, 10_000])));
    expect(found.open).toEqual(['web: the outage was still open at the end of the trial']);
    expect(found.outages).toMatchObject([{ open: true }]);
  });

  test('an answer after more than 100 ms is none', () => {
    const found = analyse(csv((sent_ms) => (sent_ms >= 3000 && sent_ms < 3100 ? 'late' : 'in time')));
    expect(found.metrics).toMatchObject({ outages: 1, lost: 20 });
  });

  test('a good answer now and then: it is no shorter than its losses', () => {
    const holes: Fate = (sent_ms) => (sent_ms % 50 === 0 ? 'in time' : broken([2000, 5000])(sent_ms));
    const found = analyse(csv(holes));
    expect(found).toMatchObject({ doubts: [], shorter_ms: { outage_ms: 300 } });
    expect(found.notes).toEqual([
      expect.stringMatching(
        /^web: in the outage of (2\.99|3\.00) s 10 % were answered: by loss it is 2\.70 s$/,
      ),
    ]);
  });

  test('requests that were not sent: both lengths are told, and doubted', () => {
    const lines = csv(broken([2000, 5000])).split('\n');
    const unsent = lines.filter((_, at) => !(at > 400 && at < 1000 && at % 10 === 0));
    expect(analyse(unsent.join('\n')).doubts).toEqual([
      'web: the outage is 3000.0 ms by timestamps and 2705.0 ms by loss: 295.0 ms apart, at most 10.0 ms can be error',
    ]);
  });

  test('of the machine: how long it kept the probe from its schedule from shortly before the fault on', () => {
    const held = (from_ms: number) => csv(broken(), (i) => (5 * i < from_ms ? 5 * i : 5 * i + 80));
    expect(analyse(held(1400)).starved_ms).toBe(0);
    expect(analyse(held(1600)).starved_ms).toBe(80);
    expect(analyse(held(4000)).starved_ms).toBe(80);
  });

  test('of nothing that was sent in time there is nothing to say', () => {
    expect(() => analyse('seq,sent_ns,echoed_ns,received_ns\n')).toThrow(UnknownError);
  });

  test.each([
    ['it is missing', {}, "the trial has no record 'web.csv'"],
    ['it is empty', files(''), "the record 'web.csv': these are not UDP probe records"],
    ['it is cut', files(csv(broken()).slice(0, -3)), "the record 'web.csv' is cut"],
    ['a line is not a record', files('seq,sent_ns,echoed_ns,received_ns\n1,2,3\n'), "'web.csv': line 2"],
    ['a moment is none', files('seq,sent_ns,echoed_ns,received_ns\n1,2,3,x\n'), "'web.csv': line 2"],
  ])('%s', (_, record, words) => {
    expect(() => udp.analyse('web', OPTIONS, record, WINDOWS)).toThrow(InputError);
    expect(() => udp.analyse('web', OPTIONS, record, WINDOWS)).toThrow(words);
  });
});

test('the takeover bounds the outage, where the fault cuts clients off', () => {
  const takeover = { low: 1, high: 2, from: 'VRRP' };
  expect(udp.bounds!(OPTIONS, { takeover, outage_ms: 5 }, {})).toEqual({ outage_ms: takeover });
  expect(udp.bounds!(OPTIONS, { takeover: undefined, outage_ms: 5 }, {})).toEqual({});
});
