import { expect, test } from 'vitest';
import { containerName } from '../../../harness/lab/labels.ts';
import { stableMac } from '../../../harness/lab/mac.ts';

test.each([
  [undefined, 'hadrill-l3-r1'],
  ['clab', 'clab-l3-r1'],
  ['__lab-name', 'l3-r1'],
  ['', 'r1'],
])('prefix %j gives the name %s', (prefix, name) => {
  expect(containerName(prefix, 'l3', 'r1')).toBe(name);
});

test('a MAC is stable, unicast, locally administered, and of one interface only', () => {
  const mac = stableMac('r1', 'ha');
  expect(mac).toBe(stableMac('r1', 'ha'));
  expect(mac).toMatch(/^02(:[0-9a-f]{2}){5}$/);
  expect(new Set([mac, stableMac('r1', 'inside'), stableMac('r2', 'ha'), stableMac('r1h', 'a')]).size).toBe(
    4,
  );
});
