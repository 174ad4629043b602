import { expect, test } from 'vitest';
import { EngineGoneError, EngineRefusalError } from '../../../harness/engine/engine-errors.ts';
import { isAway, Patience } from '../../../harness/fleet/patience.ts';
import { UnknownError } from '../../../harness/ground/errors.ts';

const ASKED = { method: 'GET', path: '/tasks' };
const gone = new EngineGoneError(ASKED, 'ECONNREFUSED', 'connection refused', undefined);
const refused = (status: number, words: string) => new EngineRefusalError(ASKED, status, words, undefined);

test.each([
  [gone, true],
  [refused(500, 'rpc error: code = Unknown desc = The swarm does not have a leader.'), true],
  [refused(503, 'This node is not a swarm manager.'), true],
  [refused(500, 'invalid mount config'), false],
  [refused(404, 'service x not found'), false],
  [new UnknownError('leader'), false],
])('%s: asked again: %j', (error, away) => {
  expect(isAway(error)).toBe(away);
});

test('a manager that answers again is said to', async () => {
  const said: string[] = [];
  const patience = new Patience(60_000, new AbortController().signal, (line) => said.push(line));
  let asked = 0;
  const answer = await patience.with(async () => {
    asked += 1;
    if (asked === 1) throw gone;
    return 'here';
  });
  expect(answer).toBe('here');
  expect(said).toEqual([
    expect.stringMatching(/does not answer; what runs goes on/),
    'the manager answers again',
  ]);
});

test('it is not awaited for ever, and what is about the question itself is not asked again', async () => {
  const patience = new Patience(0, new AbortController().signal, () => undefined);
  await expect(patience.with(() => Promise.reject(gone))).rejects.toThrow(/has not answered for 0 s/);
  await expect(patience.with(() => Promise.reject(refused(404, 'no')))).rejects.toThrow(/404/);
});
