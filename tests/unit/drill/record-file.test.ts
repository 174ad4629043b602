import { expect, test } from 'vitest';
import { recordFile } from '../../../harness/drill/record-file.ts';
import { gunzip, gzip } from '../../../harness/ground/gzip.ts';
import { MIB } from '../../../harness/ground/read-regular-file.ts';

const small = Buffer.from('small');
const large = Buffer.from('a line\n'.repeat(40_000));

test('a small record stays as it is, a large one is compressed', () => {
  expect(recordFile('udp.csv', small)).toEqual({ name: 'udp.csv', content: small });
  const { name, content } = recordFile('udp.csv', large);
  expect(name).toBe('udp.csv.gz');
  expect(content.length).toBeLessThan(large.length / 10);
  expect(gunzip(content, name, MIB).equals(large)).toBe(true);
});

test('a record of a node that is called as a compressed file is', () => {
  const kept = recordFile('leases-before-web.gz', small);
  expect(kept).toEqual({ name: 'leases-before-web.gz.gz', content: gzip(small) });
});
