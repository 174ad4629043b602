import { describe, expect, it } from 'vitest';
import { describeAccident, isInterference } from '../../../harness/lab/describe-accident.ts';
import { OwnActs } from '../../../harness/lab/own-acts.ts';

describe('what somebody else did to a container', () => {
  const at = '2026-11-28T08:00:00.000Z';
  it.each([
    ['docker rm -f', ['kill', 'destroy'], "node 'a' was removed from outside at"],
    ['podman rm -f', ['stop', 'remove'], "node 'a' was removed from outside at"],
    ['docker restart', ['kill', 'stop', 'start', 'restart'], "node 'a' was restarted from outside at"],
    [
      'docker pause and unpause',
      ['pause', 'unpause'],
      "node 'a' was paused and was unpaused from outside at",
    ],
    ['docker stop', ['kill', 'stop'], "node 'a' was stopped from outside at"],
    ['docker kill', ['kill'], "node 'a' was sent a signal from outside at"],
  ])('%s is named', (_what, acts, words) => {
    expect(describeAccident('a', new Set(acts), at)).toBe(`${words} ${at}`);
  });

  it('is not what a container does by itself, or what looks into it', () => {
    expect(
      ['die', 'oom', 'exec_create: sh', 'health_status: healthy', 'attach'].filter(isInterference),
    ).toEqual([]);
  });
});

describe('what hadrill asked for', () => {
  it('explains one event each', () => {
    const acts = new OwnActs();
    acts.expect('a', 'start');
    expect(acts.explains('b', 'start')).toBe(false);
    expect(acts.explains('a', 'start')).toBe(true);
    expect(acts.explains('a', 'start')).toBe(false);
  });

  it('of a stop explains its signals too, until it is done', () => {
    const acts = new OwnActs();
    acts.expect('a', 'stop');
    expect(['kill', 'kill', 'stop'].map((act) => acts.explains('a', act))).toEqual([true, true, true]);
    expect(acts.explains('a', 'kill')).toBe(false);
  });

  it('explains nothing when the engine did not do it', () => {
    const acts = new OwnActs();
    acts.expect('a', 'start');
    acts.withdraw('a', 'start');
    expect(acts.explains('a', 'start')).toBe(false);
  });
});
