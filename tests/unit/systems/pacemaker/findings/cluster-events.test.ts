import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ClusterEvent,
  causeOf,
  clusterEvents,
  othersBeforeMs,
  spanOf,
} from '../../../../../harness/systems/pacemaker/findings/cluster-events.ts';
import { FAULT_NS, MS } from '../../../analysis/takeovers.ts';
import { alertLine, done, EPOCH_NS, event, failed, KILL, member, sample } from './cluster-trial.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const events = (...lines: string[]) => clusterEvents([lines.join('')], EPOCH_NS);
/** From the fault of the recorded kill to its healing. */
const kill = () =>
  clusterEvents([sample('kill/alerts-lb1'), sample('kill/alerts-lb2')], KILL.epoch_ns).filter(
    ({ at_ns }) => at_ns >= KILL.fault_ns && at_ns < KILL.heal_ns,
  );
const killMs = (at_ns: number) => (at_ns - KILL.fault_ns) / MS;

describe('clusterEvents', () => {
  test('counts from the lab’s epoch', () => {
    expect(events(member(120, 'lost', 'lb2'))).toEqual([
      { at_ns: at(120), kind: 'node', node: 'lb2', desc: 'lost' },
    ]);
  });

  test('what several members wrote down is one sequence', () => {
    const texts = [done(30, 'stop') + done(10, 'stop'), done(20, 'start')];
    expect(clusterEvents(texts, EPOCH_NS).map(({ at_ns }) => at_ns)).toEqual([at(10), at(20), at(30)]);
  });

  test('a line without its end is none', () => {
    expect(events(done(10, 'stop').trimEnd())).toEqual([]);
  });

  test('without alert agents there are none', () => {
    expect(clusterEvents([], EPOCH_NS)).toEqual([]);
  });
});

describe('causeOf', () => {
  const kindOf = (...lines: string[]) => causeOf(events(...lines))?.kind;

  test('a node that is lost', () => {
    const cause = causeOf(events(member(5, 'member', 'lb2'), member(10, 'lost'), done(20, 'start')));
    expect(cause).toMatchObject({ kind: 'node-lost', event: { node: 'lb1', at_ns: at(10) } });
  });

  test('a monitor that fails', () => {
    const cause = causeOf(events(done(5, 'monitor', { interval_ms: 1000 }), failed(10), done(20, 'stop')));
    expect(cause).toMatchObject({ kind: 'monitor-failed', event: { resource: 'haproxy', at_ns: at(10) } });
  });

  test('a monitor that timed out has failed, too', () => {
    expect(kindOf(failed(10, { rc: 1, status: 2, desc: 'Timed Out' }))).toBe('monitor-failed');
  });

  test('what it was told to do', () => {
    expect(kindOf(done(10, 'stop'), member(20, 'lost'))).toBe('asked');
  });

  test.each<[string, string]>([
    ['a monitor that was cancelled', failed(10, { status: 1, desc: 'Cancelled' })],
    ['a look at what runs before anything is started', failed(10, { interval_ms: 0 })],
    ['a monitor that cannot tell its interval', alertLine(10, { resource: 'vip', task: 'monitor', rc: 7 })],
    ['a monitor that finds all well', done(10, 'monitor', { interval_ms: 1000 })],
    ['a start, even one that fails', done(10, 'start', { rc: 1, desc: 'Error' })],
    ['a node that comes', member(10, 'member')],
    ['another kind of alert', alertLine(10, { kind: 'fencing', desc: 'lost' })],
  ])('not %s', (_, line) => {
    expect(kindOf(line)).toBeUndefined();
    expect(kindOf(line, failed(20))).toBe('monitor-failed');
  });

  test('the first thing that happened counts', () => {
    expect(kindOf(failed(10), member(20, 'lost'))).toBe('monitor-failed');
    expect(kindOf(member(10, 'lost'), failed(20))).toBe('node-lost');
  });

  test('of a recorded kill: the monitor, not those that were cancelled after it', () => {
    const cause = causeOf(kill())!;
    expect(cause).toMatchObject({
      kind: 'monitor-failed',
      event: { node: 'lb1', resource: 'haproxy', rc: 7, status: 0, desc: 'Not running' },
    });
    expect(killMs(cause.event.at_ns)).toBeCloseTo(569.951, 3);
  });
});

describe('spanOf', () => {
  test('is from the beginning of the first to the end of the last', () => {
    const some = events(
      done(160, 'stop', { exec_ms: 60 }),
      done(300, 'stop', { exec_ms: 130 }),
      done(400, 'start', { exec_ms: 50 }),
    );
    expect(spanOf(some, 'stop')).toMatchObject({ first_ns: at(100), last_ns: at(300) });
    expect(spanOf(some, 'start')).toMatchObject({ first_ns: at(350), last_ns: at(400) });
  });

  test('one that began early and ended late is the span', () => {
    const some = events(done(200, 'start', { exec_ms: 10 }), done(500, 'start', { exec_ms: 450 }));
    expect(spanOf(some, 'start')).toMatchObject({ first_ns: at(50), last_ns: at(500) });
  });

  test('what failed or was cancelled was not done', () => {
    const some = events(
      done(10, 'stop', { rc: 1, desc: 'Error' }),
      done(20, 'stop', { status: 1, desc: 'Cancelled' }),
    );
    expect(spanOf(some, 'stop')).toBeUndefined();
  });

  test('nothing of this kind', () => {
    expect(spanOf(events(failed(10), done(20, 'start')), 'stop')).toBeUndefined();
  });

  test('of a recorded kill', () => {
    const stops = spanOf(kill(), 'stop')!;
    const starts = spanOf(kill(), 'start')!;
    expect([stops.first_ns, stops.last_ns].map(killMs).map(Math.round)).toEqual([626, 834]);
    expect([starts.first_ns, starts.last_ns].map(killMs).map(Math.round)).toEqual([849, 1106]);
    expect(starts.events.map(({ resource, node }) => [resource, node])).toEqual([
      ['vip', 'lb2'],
      ['haproxy', 'lb2'],
    ]);
  });

  test('holds all that was done of its kind, and nothing else, whatever happened', () => {
    const one = fc.record({
      at_ms: fc.integer({ min: 0, max: 10_000 }),
      task: fc.constantFrom('start', 'stop', 'monitor'),
      rc: fc.constantFrom(0, 0, 1, 7),
      status: fc.constantFrom(0, 0, 1, 2),
      exec_ms: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(one), fc.constantFrom('start' as const, 'stop' as const), (all, task) => {
        const sorted = all
          .toSorted((a, b) => a.at_ms - b.at_ms)
          .map(({ at_ms, exec_ms, ...rest }) =>
            event({ at_ns: at(at_ms), ...rest, ...(exec_ms === undefined ? {} : { exec_ms }) }),
          );
        const wanted = sorted.filter((done) => done.task === task && done.rc === 0 && done.status !== 1);
        const span = spanOf(sorted, task);
        if (wanted.length === 0) return void expect(span).toBeUndefined();
        const begin = ({ at_ns, exec_ms = 0 }: ClusterEvent) => at_ns - exec_ms * MS;
        expect(span!.events).toEqual(wanted);
        for (const done of wanted) {
          expect(span!.first_ns).toBeLessThanOrEqual(begin(done));
          expect(span!.last_ns).toBeGreaterThanOrEqual(done.at_ns);
        }
        expect(wanted.map(begin)).toContain(span!.first_ns);
        expect(wanted.map(({ at_ns }) => at_ns)).toContain(span!.last_ns);
      }),
    );
  });
});

test('a member that said goodbye was not waited for', () => {
  const lost = clusterEvents(
    ['1700000000.500000\tnode\tlb2\t\t\t\t\t\t\tlost\n'],
    1_700_000_000_000_000_000n,
  );
  expect(causeOf(lost, 'abrupt')?.kind).toBe('node-lost');
  expect(causeOf(lost, 'graceful')?.kind).toBe('asked');
});

describe('othersBeforeMs', () => {
  const device = (ms: number, task: string, exec_ms: number, node = 'lb1') =>
    done(ms, task, { resource: 'fence-lb2', exec_ms, node });

  // As one of seven trials had it on a busy machine: the power was off after 5.0 s, and the address moved after 8.7 s.
  test('what a member ended between the fencing and the first start of what it took over', () => {
    const all = events(
      device(4900, 'monitor', 400),
      device(5990, 'start', 476),
      device(6330, 'monitor', 339),
      device(7790, 'start', 935),
      device(8480, 'monitor', 683),
      device(8500, 'monitor', 90, 'lb2'),
      done(8730, 'start', { exec_ms: 224 }),
      device(8800, 'monitor', 50),
    );
    const starts = spanOf(
      all.filter(({ resource }) => resource === 'vip'),
      'start',
    );
    expect(othersBeforeMs(all, starts, at(5000))).toBe(476 + 339 + 935 + 683);
  });

  test('nothing where nothing was started', () => {
    expect(othersBeforeMs(events(device(5990, 'start', 476)), undefined, at(5000))).toBe(0);
  });
});
