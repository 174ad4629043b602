import { expect, test } from 'vitest';
import type { ConnectionEntry } from '../../../../../harness/systems/vrrp/findings/connection-entries.ts';
import type { ConntrackdSeen } from '../../../../../harness/systems/vrrp/live/conntrackd-seen.ts';
import { hasSessionsOf, judgeConntrack } from '../../../../../harness/systems/vrrp/live/judge-conntrack.ts';
import { judgeEntries } from '../../../../../harness/systems/vrrp/live/judge-entries.ts';

/** An established session of this client port. */
function session(port: number, change: Partial<ConnectionEntry> = {}): ConnectionEntry {
  const hosts = 'tcp 198.18.1.10 > 203.0.113.1';
  return {
    key: `tcp 198.18.1.10:${port} > 203.0.113.1:80`,
    hosts,
    reply: `203.0.113.1:80 > 203.0.113.10:${port}`,
    state: 'ESTABLISHED',
    assured: true,
    age_s: 5,
    ...change,
  };
}

const sessions = (...ports: number[]) => ports.map((port) => session(port));
const external = (...ports: number[]) => ports.map((port) => session(port, { reply: undefined }));

function node(
  name: string,
  entries: Partial<NonNullable<ConntrackdSeen['entries']>>,
  ignored = 0,
): ConntrackdSeen {
  const all = { internal: [], external: [], kernel: [], ...entries };
  const counts = { internal: all.internal.length, external: all.external.length };
  return {
    node: name,
    daemon: 'runs',
    ran_before: true,
    stats: { channel: 'ha', sent: 10, received: 10, ...counts },
    entries: all,
    ignored,
  };
}

/** Of two looks that saw the same. */
function judged(...seen: ConntrackdSeen[]): [string, string] {
  const entries = judgeEntries(seen, 'r1', judgeEntries(seen, 'r1'));
  const pairs = seen.map((one) => {
    const counts = { sent: one.stats!.sent! - 1, received: one.stats!.received! - 1 };
    return { earlier: { ...one, stats: { ...one.stats!, ...counts } }, later: one };
  });
  const { verdict, detail } = judgeConntrack("virtual router 'router'", pairs, 'r1', entries);
  return [verdict, detail];
}

const master = node('r1', { internal: sessions(1, 2, 3), kernel: sessions(1, 2, 3) });

test('a standby with the same sessions', () => {
  expect(judged(master, node('r2', { external: external(3, 2, 1) }))).toEqual([
    'pass',
    expect.stringContaining('r1 has 3 sessions, r2 knows 3, compared one by one'),
  ]);
});

test('the right number of the wrong sessions fails', () => {
  const [verdict, detail] = judged(master, node('r2', { external: external(7, 8, 9) }));
  expect(verdict).toBe('fail');
  expect(detail).toContain(
    'r2 lacks 3 (such as tcp 198.18.1.10:1 > 203.0.113.1:80) of the 3 sessions of r1, and has 3 that r1 has not',
  );
});

test('one that is lacking of many fails, and one that has just begun does not', () => {
  expect(judged(master, node('r2', { external: external(1, 3) }))[1]).toContain(
    'r2 lacks 1 (such as tcp 198.18.1.10:2',
  );
  const young = node('r1', { internal: [...sessions(1), session(2, { age_s: 0 })], kernel: sessions(1, 2) });
  expect(judged(young, node('r2', { external: external(1) }))[0]).toBe('pass');
});

test('a session that the conntrackd of the master does not know', () => {
  const deaf = node('r1', { internal: sessions(1), kernel: sessions(1, 2) });
  const [verdict, detail] = judged(deaf, node('r2', { external: external(1) }));
  expect(verdict).toBe('fail');
  expect(detail).toContain('the conntrackd of r1 does not know 1 (such as tcp 198.18.1.10:2');
  // Its filter leaves out whatever it has nothing like.
  const own = session(2, { hosts: 'tcp 169.254.192.1 > 169.254.192.2' });
  const filtering = node('r1', { internal: sessions(1), kernel: [...sessions(1), own] });
  expect(judged(filtering, node('r2', { external: external(1) }))[0]).toBe('pass');
});

test('another translation, and another state', () => {
  const moved = node('r1', {
    internal: sessions(1),
    kernel: [session(1, { reply: '203.0.113.1:80 > 203.0.113.10:9' })],
  });
  expect(judged(moved, node('r2', { external: external(1) }))[1]).toContain(
    'with another translation than its kernel',
  );
  const closing = node('r2', {
    external: [session(1, { reply: undefined, state: 'TIME_WAIT' }), ...external(2, 3)],
  });
  expect(judged(master, closing)[1]).toContain(
    'r2 has 1 (such as tcp 198.18.1.10:1 > 203.0.113.1:80) in another state',
  );
});

test('without an external cache the kernel of the standby counts', () => {
  const injecting = (kernel: ConnectionEntry[]): ConntrackdSeen => {
    const one = node('r2', { kernel });
    return { ...one, stats: { ...one.stats!, external: undefined } };
  };
  expect(judged(master, injecting(sessions(1, 2, 3)))[0]).toBe('pass');
  expect(judged(master, injecting(sessions(1, 2)))[1]).toContain('r2 lacks 1');
});

test('what is wrong in one look alone does not count', () => {
  const late = node('r2', { external: external(1, 2) });
  const [then, now] = [
    judgeEntries([master, late], 'r1'),
    [master, node('r2', { external: external(2, 3) })],
  ];
  const entries = judgeEntries(now, 'r1', then);
  expect(entries?.get('r2')).toMatchObject({ lacking: [] });
});

test('of three in a group it says why one ignores what it is told', () => {
  const third = node('r3', { external: [] }, 3094);
  const [, detail] = judged(master, node('r2', { external: external(1, 2, 3) }), third);
  expect(detail).toContain('r3 lacks 3');
  expect(detail).toContain('it has ignored 3094 messages as out of order: 3 conntrackd share a group');
});

test('without a look at the connections their number is what is left', () => {
  const { entries: _entries, ...counted } = master;
  expect(judgeEntries([counted], 'r1')).toBeUndefined();
});

test('a standby has the sessions of its master, and not as many others', () => {
  const lone = node('r2', { external: external(7, 8, 9) });
  expect(hasSessionsOf(master, node('r2', { external: external(1, 2, 3) }))).toBe(true);
  expect(hasSessionsOf(master, lone)).toBe(false);
  expect(hasSessionsOf(master, node('r2', { external: external(1) }))).toBe(false);
  // One may come or go while they are looked at.
  expect(hasSessionsOf(master, node('r2', { external: external(1, 2, 9) }))).toBe(true);
  // By their number where they were not looked at.
  expect(hasSessionsOf({ ...master, entries: undefined }, lone)).toBe(true);
});

test('a standby that does not answer has none, and a master whose mode keeps no sessions wants none', () => {
  expect(hasSessionsOf(master, { ...node('r2', {}), stats: undefined })).toBe(false);
  expect(hasSessionsOf({ ...master, stats: undefined }, node('r2', {}))).toBe(true);
});

test('without an external cache the sessions are in the kernel of the standby', () => {
  const { stats, ...direct } = node('r2', { kernel: sessions(1, 2, 3) });
  expect(hasSessionsOf(master, { ...direct, stats: { ...stats!, external: undefined } })).toBe(true);
  const empty = node('r2', {});
  expect(hasSessionsOf(master, { ...empty, stats: { ...stats!, external: undefined } })).toBe(false);
});
