import { expect, test } from 'vitest';
import { EnvironmentError } from '../../../../harness/ground/errors.ts';
import { waitUntil } from '../../../../harness/ground/wait.ts';
import { RepeatedLook } from '../../../../harness/systems/neutron/live/repeated-look.ts';

/** A look that counts, and fails from the second one on. */
function counted(error?: Error) {
  const seen = { looks: 0 };
  const look = new RepeatedLook(async () => {
    seen.looks += 1;
    if (seen.looks > 1 && error) throw error;
  }, 1);
  return { seen, look };
}

const until = (check: () => boolean) =>
  waitUntil({ what: 'looks', timeout_ms: 5000, interval_ms: 1, check: async () => check() });

test('it looks at once, and again until it ends', async () => {
  const { seen, look } = counted();
  await look.begin();
  expect(seen.looks).toBe(1);
  await until(() => seen.looks >= 3);
  await look.end();
  const { looks } = seen;
  await look.end();
  await look.endWithLook();
  expect(seen.looks, 'none after it has ended').toBe(looks);
});

test('it bears what is away, and nothing else', async () => {
  const away = counted(new EnvironmentError('the node is away'));
  await away.look.begin();
  await until(() => away.seen.looks >= 3);
  await away.look.endWithLook();
  const broken = counted(new TypeError('a defect'));
  await broken.look.begin();
  await until(() => broken.seen.looks >= 2);
  await expect(broken.look.end()).rejects.toThrow('a defect');
});

test('the first look is not borne, unless it is made beside the caller', async () => {
  const fails = () => new RepeatedLook(() => Promise.reject(new EnvironmentError('away')), 1);
  await expect(fails().begin()).rejects.toThrow('away');
  const beside = fails();
  beside.beginBeside();
  await beside.end();
});

test('a last look comes after it was asked to end', async () => {
  const { seen, look } = counted();
  await look.begin();
  const { looks } = seen;
  await look.endWithLook();
  expect(seen.looks).toBeGreaterThan(looks);
});
