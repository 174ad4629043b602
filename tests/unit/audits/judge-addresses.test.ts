import { expect, test } from 'vitest';
import { judgeAddresses } from '../../../harness/audits/judge-addresses.ts';
import { nodeLook, seenNode } from '../../support/node-looks.ts';

const OWN = '198.18.1.1';
const segmentOf = (_node: string, name: string) => (name === 'lo' ? undefined : `br-${name}`);

/** A look at r1 and r2, which have one address each. */
function look(r1: string, r2: string, name = 'eth1') {
  const node = (one: string, address: string) =>
    seenNode(one, [], { addresses: [{ interface: name, address, prefix: 24 }] });
  return nodeLook([node('r1', r1), node('r2', r2)]);
}

const well = look(OWN, '198.18.1.2');
const twice = look(OWN, OWN);

test('an address at one node each is well', () => {
  expect(judgeAddresses({ before: well, after: well }, segmentOf)).toEqual({
    name: 'one-address',
    verdict: 'pass',
    detail: '2 addresses on segments',
    notes: [],
  });
});

test('an address that two nodes of a segment have is a note', () => {
  expect(judgeAddresses({ before: well, after: twice }, segmentOf)).toMatchObject({
    detail: '1 addresses on segments, 1 more often than before the fault',
    notes: ['r1 and r2 have 198.18.1.1 on br-eth1'],
  });
});

test('not where they had it before, where it is over soon, or where no link made the interface', () => {
  expect(judgeAddresses({ before: twice, after: twice }, segmentOf)).toMatchObject({
    notes: [],
    detail: '1 addresses on segments; as before the fault, br-eth1 198.18.1.1 at r1 and r2',
  });
  expect(judgeAddresses({ before: well, after: twice, again: well }, segmentOf).notes).toEqual([]);
  const inside = look('127.0.0.1', '127.0.0.1', 'lo');
  expect(judgeAddresses({ before: well, after: inside }, segmentOf).notes).toEqual([]);
});
