import { describe, expect, test } from 'vitest';
import { liveLines } from '../../../harness/report/live/live-lines.ts';
import { RunWatch } from '../../../harness/report/live/run-watch.ts';

const WIDE = { columns: 200, rows: 24 };

/** A watch whose clock stands still until it is set. */
function watched() {
  let now_ms = 1000;
  const watch = new RunWatch({ name: 'l3/node-crash' }, () => now_ms);
  const pass = (ms: number) => {
    now_ms += ms;
  };
  return { watch, pass };
}

describe('the live view of a run', () => {
  test('before the first trial: what is being done, and the last event', () => {
    const { watch, pass } = watched();
    watch.stage('building the lab');
    expect(liveLines(watch, "node 'r1' is up", WIDE)).toEqual([
      'l3/node-crash',
      'building the lab',
      "node 'r1' is up",
    ]);
    pass(7100);
    expect(liveLines(watch, '', WIDE)[1]).toBe('building the lab: 8 s so far');
  });

  test('counts down what takes its time, and what may take it at most', () => {
    const { watch, pass } = watched();
    watch.stage('watching the return', { takes_ms: 3000 });
    pass(900);
    expect(liveLines(watch, '', WIDE)[1]).toBe('watching the return: 3 s more');
    watch.stage('waiting for the takeover', { at_most_ms: 600_000 });
    expect(liveLines(watch, '', WIDE)[1]).toBe('waiting for the takeover: at most 10 min more');
    pass(600_001);
    expect(liveLines(watch, '', WIDE)[1]).toBe('waiting for the takeover');
  });

  test('says which trial it is, how the earlier ones ended, and how long the rest takes by their mean', () => {
    const { watch, pass } = watched();
    for (const [index, outcome] of [
      [1, 'pass'],
      [2, 'again'],
      [2, 'fail'],
    ] as const) {
      watch.trialBegins(index, 4, 5 - index);
      pass(20_000);
      watch.trialEnds(outcome);
    }
    watch.trialBegins(3, 4, 2);
    pass(4000);
    expect(liveLines(watch, 'trial 3 of 4', WIDE)).toEqual([
      'l3/node-crash   trial 3 of 4   1 pass, 1 repeated, 1 fail   about 36 s left',
      'looking up images: 64 s so far',
    ]);
    pass(33_000);
    expect(liveLines(watch, '', WIDE)[0]).toMatch(/a few seconds left$/);
    pass(33_000);
    expect(liveLines(watch, '', WIDE)[0]).toMatch(/a few seconds left$/);
  });

  test('has the heartbeat of each probe, and its age when it is old; a new trial has heard nothing', () => {
    const { watch, pass } = watched();
    watch.trialBegins(1, 1, 1);
    watch.probe('udp', undefined);
    watch.probe('tcp', '3 of 50 TCP sessions are open');
    expect(liveLines(watch, '', WIDE)[2]).toBe('udp: ok   tcp: 3 of 50 TCP sessions are open');
    pass(3000);
    watch.probe('tcp', undefined);
    expect(liveLines(watch, '', WIDE)[2]).toBe('udp: ok (3 s ago)   tcp: ok');
    watch.trialBegins(1, 1, 1);
    expect(liveLines(watch, '', WIDE)).toHaveLength(2);
  });

  test('fits into few columns and few rows', () => {
    const { watch } = watched();
    watch.trialBegins(1, 9, 9);
    const lines = liveLines(watch, 'trial 1: crash of host:node1 (r1)', { columns: 20, rows: 3 });
    expect(lines).toEqual(['l3/node-crash   tri…', 'looking up images']);
    expect(liveLines(watch, '', { columns: 20, rows: 1 })).toHaveLength(1);
    expect(liveLines(watch, '', { columns: 1, rows: 1 })).toEqual(['l…'.slice(0, 2)]);
  });

  test('what nodes say cannot move the cursor', () => {
    const { watch } = watched();
    watch.probe('dhcp', 'last word: \u001b[2J\u001b[31mBOUND\r\nREBIND\u0007');
    expect(liveLines(watch, '', WIDE).join('\n')).toContain('dhcp: last word: BOUND REBIND\uFFFD');
  });
});
