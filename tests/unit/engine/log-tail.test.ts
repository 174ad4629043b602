import { expect, test } from 'vitest';
import { LogTail } from '../../../harness/engine/log-tail.ts';
import { heldBytes } from '../../support/growth.ts';

const MOST = 1000;

function piece(text: string, stream = 1): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test.each([1, 3, 7, 8, 9, 100])(
  'pieces of both outputs stay in order, whatever %i bytes come at once',
  (size) => {
    const tail = new LogTail(MOST);
    const all = Buffer.concat([piece('one\n'), piece('', 2), piece('é two\n', 2), piece('three')]);
    for (let at = 0; at < all.length; at += size) tail.take(all.subarray(at, at + size));
    expect(tail.text()).toBe('one\né two\nthree');
  },
);

test('of what is longer than is held, the end', () => {
  const tail = new LogTail(MOST);
  for (let i = 0; i < 500; i += 1) tail.take(piece(`${i}\n`));
  expect(tail.text()).toHaveLength(MOST);
  expect(tail.text().endsWith('\n498\n499\n')).toBe(true);
});

test('one piece without end is not held', () => {
  const before = heldBytes();
  const tail = new LogTail(MOST);
  tail.take(Buffer.from([1, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]));
  for (let i = 0; i < 2000; i += 1) tail.take(Buffer.alloc(65_536, 'x'));
  tail.take(Buffer.from('the end'));
  expect(heldBytes() - before).toBeLessThan(5_000_000);
  expect(tail.text()).toBe(`${'x'.repeat(MOST - 7)}the end`);
});

test('nothing', () => {
  expect(new LogTail(MOST).text()).toBe('');
});
