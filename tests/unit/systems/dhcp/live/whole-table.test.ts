import { expect, test } from 'vitest';
import { wholeTable } from '../../../../../harness/systems/dhcp/live/whole-table.ts';

/** What it makes of a file that holds these texts one after the other: which look it takes, after how many. */
async function taken(...texts: (string | undefined)[]) {
  let looks = 0;
  const look = async () => {
    const text = texts[looks];
    looks += 1;
    return { at_ns: looks, text };
  };
  return { ...(await wholeTable(look, 0)), looks };
}

test('two looks that are alike are enough', async () => {
  expect(await taken('a\nb\n', 'a\nb\n')).toEqual({ at_ns: 2, text: 'a\nb\n', looks: 2 });
  expect(await taken('', 'a\n', 'a\n')).toEqual({ at_ns: 3, text: 'a\n', looks: 3 });
});

test('an empty file, or the beginning of one, is looked at again', async () => {
  expect(await taken('', '', 'a\nb\n', 'a\n')).toEqual({ at_ns: 3, text: 'a\nb\n', looks: 4 });
  expect(await taken('a\n', 'a\nb\n', '', 'a\nc\n')).toMatchObject({ at_ns: 2, text: 'a\nb\n' });
});

test('one that stays empty is empty', async () => {
  expect(await taken('', '', '', '')).toEqual({ at_ns: 1, text: '', looks: 4 });
});

test('where there is none it is not waited for; one that goes meanwhile was there', async () => {
  expect(await taken(undefined)).toEqual({ at_ns: 1, text: undefined, looks: 1 });
  expect(await taken('a\n', undefined, undefined, undefined)).toMatchObject({ at_ns: 1, text: 'a\n' });
});
