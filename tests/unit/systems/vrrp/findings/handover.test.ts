import { expect, test } from 'vitest';
import { parseConnectionEntries } from '../../../../../harness/systems/vrrp/findings/connection-entries.ts';
import {
  handedOverRatio,
  handoverNote,
  handoverOf,
  lastingSessions,
} from '../../../../../harness/systems/vrrp/findings/handover.ts';

const session = (port: number, translated: number, state = 'ESTABLISHED') =>
  `tcp 6 431999 ${state} src=198.18.1.10 dst=203.0.113.1 sport=${port} dport=80 src=203.0.113.1 dst=203.0.113.10 sport=80 dport=${translated} [ASSURED] mark=0 use=1`;
const table = (...lines: string[]) => parseConnectionEntries(lines.join('\n'));
const OF = { router: 'router', from: 'r1', to: 'r2' };

test('what a new master has of the sessions of the old one', () => {
  const before = lastingSessions(
    table(session(1, 11), session(2, 12), session(3, 13), session(4, 14, 'TIME_WAIT')),
  );
  const found = { ...OF, ...handoverOf(before, table(session(1, 11), session(2, 99), session(7, 17))) };
  expect(found).toMatchObject({
    sessions: 3,
    same: 1,
    otherwise: { count: 1, such_as: ['tcp 198.18.1.10:2 > 203.0.113.1:80'] },
    lacking: { count: 1, such_as: ['tcp 198.18.1.10:3 > 203.0.113.1:80'] },
  });
  expect(handedOverRatio(found)).toBeCloseTo(1 / 3);
  expect(handoverNote(found)).toBe(
    'before healing r2 lacked 1 (such as tcp 198.18.1.10:3 > 203.0.113.1:80) and had 1 with another translation ' +
      '(such as tcp 198.18.1.10:2 > 203.0.113.1:80) of the 3 sessions that r1 had before the fault',
  );
});

test('all of them: nothing to be said; none: no ratio', () => {
  const all = { ...OF, ...handoverOf(table(session(1, 11)), table(session(1, 11))) };
  expect(handedOverRatio(all)).toBe(1);
  expect(handoverNote(all)).toBeUndefined();
  expect(handedOverRatio({ ...OF, ...handoverOf([], []) })).toBeUndefined();
});
