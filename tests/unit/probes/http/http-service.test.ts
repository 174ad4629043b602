import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import { requestOutages } from '../../../../harness/outage/request-outages.ts';
import {
  HTTP_OUTCOMES,
  type HttpRecord,
  parseHttpRecords,
} from '../../../../harness/probes/http/records/http-records.ts';
import {
  asAnswered,
  httpService,
  reconnects,
  withStatus,
} from '../../../../harness/probes/http/records/http-service.ts';

const MS = 1_000_000;
const HEADER = 'seq,sent_ns,connected_ns,done_ns,outcome,status,backend,node,reused\n';

function request(sent_ms: number, took_ms: number | null, more: Partial<HttpRecord> = {}): HttpRecord {
  return {
    seq: sent_ms,
    sent_ns: sent_ms * MS,
    connected_ns: sent_ms * MS,
    done_ns: took_ms === null ? null : (sent_ms + took_ms) * MS,
    outcome: took_ms === null ? 'unfinished' : 'ok',
    status: took_ms === null ? null : 200,
    backend: 'web1',
    node: 'lb1',
    reused: false,
    ...more,
  };
}

describe('parseHttpRecords', () => {
  it('takes an empty field for what never happened', () => {
    const csv = `${HEADER}0,10,11,12,ok,200,web1,lb1,0\n1,20,,22,refused,,,,0\n2,30,,,unfinished,,,,1\n`;
    expect(parseHttpRecords(csv)).toEqual([
      {
        seq: 0,
        sent_ns: 10,
        connected_ns: 11,
        done_ns: 12,
        outcome: 'ok',
        status: 200,
        backend: 'web1',
        node: 'lb1',
        reused: false,
      },
      {
        seq: 1,
        sent_ns: 20,
        connected_ns: null,
        done_ns: 22,
        outcome: 'refused',
        status: null,
        backend: '',
        node: '',
        reused: false,
      },
      expect.objectContaining({ seq: 2, done_ns: null, outcome: 'unfinished', reused: true }),
    ]);
    expect(parseHttpRecords(HEADER)).toEqual([]);
  });

  test.each([
    ['', 'the first line'],
    ['seq,sent_ns\n', 'the first line'],
    [`${HEADER}0,10,11,12,ok,200,web1,lb1\n`, 'line 2'],
    [`${HEADER}0,10,11,12,ok,200,web1,lb1,0,\n`, 'line 2'],
    [`${HEADER}0,10,11,12,ok,200,,,0\n1,20,,x,ok,200,,,0\n`, 'line 3'],
    [`${HEADER}0,10,11,12,fine,200,web1,lb1,0\n`, 'line 2'],
    [`${HEADER}0,,11,12,ok,200,web1,lb1,0\n`, 'line 2'],
    [`${HEADER}0,10,11,,ok,200,web1,lb1,0\n`, 'line 2'],
    [`${HEADER}0,10,11,12,unfinished,,,,0\n`, 'line 2'],
    [`${HEADER}0,10,11,12,ok,200,web1,lb1,yes\n`, 'line 2'],
    [`${HEADER}0,10,11,12.5,ok,200,web1,lb1,0\n`, 'line 2'],
  ])('%j is refused', (csv, where) => {
    expect(() => parseHttpRecords(csv)).toThrow(InputError);
    expect(() => parseHttpRecords(csv)).toThrow(where);
  });
});

describe('httpService', () => {
  it('counts each request by what became of it', () => {
    const records = [
      request(0, 1),
      request(10, 500, { backend: 'web2', node: 'lb2' }),
      request(20, 501, { backend: '' }),
      request(30, 1, { outcome: 'status', status: 503, backend: 'web9' }),
      request(40, 1, { outcome: 'wrong-content' }),
      request(50, 1, { outcome: 'wrong-instance' }),
      request(60, 1, { outcome: 'refused', status: null }),
      request(70, 1, { outcome: 'reset', status: null }),
      request(80, 1, { outcome: 'closed', status: null }),
      request(90, 5000, { outcome: 'timeout', status: null }),
      request(95, 1, { outcome: 'unreachable', status: null }),
      request(100, null),
    ];
    expect(httpService(records, 500, 1_000_000 * MS)).toMatchObject({
      requests: 12,
      failed: 8,
      late: 1,
      wrong_content: 1,
      wrong_instance: 1,
      bad_status: 1,
      unfinished: 1,
      // Who answered wrongly is none of them.
      backends: 2,
      nodes: 2,
    });
    expect([200, 503, 404].map((status) => withStatus(records, status))).toEqual([5, 1, 0]);
  });

  it('tells what was under way at the fault, to the moment', () => {
    const records = [
      request(0, 99),
      request(1, 99),
      request(2, 600),
      request(3, 200, { outcome: 'reset', status: null }),
      request(4, 50, { outcome: 'reset', status: null }),
      request(5, null),
      request(99, 1),
      request(100, 900),
    ];
    expect(httpService(records, 500, 100 * MS)).toMatchObject({
      in_flight: 5,
      in_flight_failed: 1,
      in_flight_late: 1,
    });
  });

  it('takes the latency from right answers that came before the fault', () => {
    const records = [1, 2, 3, 4, 100].map((took_ms, at) => request(10 * at, took_ms));
    records.push(request(60, 0, { outcome: 'status' }), request(70, 900));
    const { latency_median_ms, latency_p99_ms } = httpService(records, 500, 200 * MS);
    // Between the last two, 4 and 100 ms.
    expect([latency_median_ms, latency_p99_ms]).toEqual([3, 96.16]);
    const none = httpService(records, 500, 0);
    expect(none).not.toHaveProperty('latency_median_ms');
    expect(none).not.toHaveProperty('latency_p99_ms');
  });

  it('accounts for every request, whatever became of it', () => {
    const any = fc.record({
      outcome: fc.constantFrom(...HTTP_OUTCOMES),
      took_ms: fc.integer({ min: 0, max: 6000 }),
    });
    fc.assert(
      fc.property(fc.array(any), fc.integer({ min: 0, max: 2000 }), (requests, fault_ms) => {
        const records = requests.map(({ outcome, took_ms }, at) =>
          request(20 * at, outcome === 'unfinished' ? null : took_ms, { outcome }),
        );
        const found = httpService(records, 500, fault_ms * MS);
        const right = records.filter(({ outcome }) => outcome === 'ok').length;
        expect(found.failed + found.unfinished + right).toBe(found.requests);
        expect(found.late).toBeLessThanOrEqual(right);
        expect(found.wrong_content + found.wrong_instance + found.bad_status).toBeLessThanOrEqual(
          found.failed,
        );
        expect(found.in_flight_failed + found.in_flight_late).toBeLessThanOrEqual(found.in_flight);
        // By the rules for outages: what is not answered in time is neither late nor failed nor unfinished only.
        const { lost, late } = requestOutages(asAnswered(records), { interval_ms: 20, late_ms: 500 });
        expect(lost).toBe(found.failed + found.unfinished + found.late);
        expect(late).toBe(found.late);
      }),
    );
  });
});

it('holds the true outage within its error, whatever becomes of the requests meanwhile', () => {
  const fate = fc.record({
    jitter_ns: fc.integer({ min: 0, max: 5 * MS }),
    wrong: fc.constantFrom(...HTTP_OUTCOMES.filter((outcome) => outcome !== 'ok')),
  });
  const fates = fc.array(fate, { minLength: 200, maxLength: 200 });
  const from = fc.integer({ min: 100 * MS, max: 800 * MS });
  const length = fc.integer({ min: 60 * MS, max: 2500 * MS });
  fc.assert(
    fc.property(fates, from, length, (all, from_ns, length_ns) => {
      const records = all.map(({ jitter_ns, wrong }, seq) => {
        const sent_ns = seq * 20 * MS + jitter_ns;
        const out = sent_ns >= from_ns && sent_ns < from_ns + length_ns;
        const done_ns = out && wrong === 'unfinished' ? null : sent_ns + MS;
        return { ...request(0, 1), seq, sent_ns, done_ns, outcome: out ? wrong : ('ok' as const) };
      });
      const { outages } = requestOutages(asAnswered(records), { interval_ms: 20, late_ms: 500 });
      expect(outages).toMatchObject([{ open: false }]);
      const { outage_ms, outage_error_ms } = outages[0]!;
      expect(Math.abs(outage_ms - length_ns / MS)).toBeLessThanOrEqual(outage_error_ms + 1e-9);
      expect(outage_error_ms).toBeLessThanOrEqual(26);
    }),
  );
});

it('counts connections that came about beyond the first ones', () => {
  const opened = (count: number) => Array.from({ length: count }, (_, at) => request(at, 1));
  const used = request(50, 1, { reused: true, connected_ns: null });
  const refused = request(60, 1, { outcome: 'refused', connected_ns: null });
  expect(reconnects([...opened(4), used, refused], 4)).toBe(0);
  expect(reconnects([...opened(6), used, refused], 4)).toBe(2);
  expect(reconnects([], 4)).toBe(0);
});
