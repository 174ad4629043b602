import { expect, test } from 'vitest';
import { nearName } from '../../../harness/engine/near-name.ts';
import { unknownOwnImage } from '../../../harness/engine/unknown-image.ts';

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

test('the nearest of several wins', () => {
  expect(nearName('router2', ['router1', 'router22', 'router2x', 'router2'])).toBe('router2');
});

test('an unknown image says what there is, and what was meant only where something is near', () => {
  const { message } = unknownOwnImage('roter', names);
  expect(message).toContain('hadrill/roter; did you mean hadrill/router?');
  expect(message).toContain('hadrill/base, hadrill/endpoint, hadrill/fabric, hadrill/router');
  expect(unknownOwnImage('switch', names).message).not.toContain('did you mean');
});
