import { expect, test } from 'vitest';
import { unknownOwnImage } from '../../../harness/engine/unknown-image.ts';
import { nearName } from '../../../harness/ground/near-name.ts';

const names = ['base', 'endpoint', 'fabric', 'router'];

test.each([
  ['roter', 'router'],
  ['Router', 'router'],
  ['routers', 'router'],
  ['enpdoint', 'endpoint'],
  ['bse', 'base'],
  ['switch', undefined],
  ['', undefined],
])('%j is near %j', (written, near) => {
  expect(nearName(written, names)).toBe(near);
});

test('the nearest of several wins, and the word itself is not its own neighbour', () => {
  expect(nearName('routre22', ['router1', 'router22', 'router2x'])).toBe('router22');
  expect(nearName('router2', ['router2', 'switch'])).toBeUndefined();
});

test('an unknown image says what there is, and what was meant only where something is near', () => {
  const { message } = unknownOwnImage('roter', names);
  expect(message).toContain('hadrill/roter; did you mean hadrill/router?');
  expect(message).toContain('hadrill/base, hadrill/endpoint, hadrill/fabric, hadrill/router');
  expect(unknownOwnImage('switch', names).message).not.toContain('did you mean');
});
