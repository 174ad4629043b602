import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sideBySide, TrialQueue } from '../../../harness/drill/side-by-side.ts';

test('each trial is begun once, whoever is free', async () => {
  const queue = new TrialQueue(6, 5);
  const begun: number[] = [];
  const made = new Map<number, number>();
  await sideBySide([1, 40], queue, async (takes_ms) => {
    for (let index = queue.next(); index !== undefined; index = queue.next()) {
      begun.push(index);
      await delay(takes_ms);
      made.set(index, takes_ms);
    }
  });
  expect(begun).toEqual([6, 7, 8, 9, 10]);
  expect([...made.values()].filter((takes_ms) => takes_ms === 1).length).toBeGreaterThan(2);
});

test('what goes wrong in one lab lets the other end its trial, and begin no other', async () => {
  const queue = new TrialQueue(1, 10);
  const ended: string[] = [];
  const both = sideBySide(['breaks', 'lasts'], queue, async (lab) => {
    for (let index = queue.next(); index !== undefined; index = queue.next()) {
      await delay(lab === 'lasts' ? 20 : 1);
      if (lab === 'breaks') throw new Error(`trial ${index} cannot be made`);
      ended.push(`trial ${index}`);
    }
  });
  await expect(both).rejects.toThrow('trial 1 cannot be made');
  expect(ended).toEqual(['trial 2']);
});
