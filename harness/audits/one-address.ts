import type { Audit } from '../systems/audit.ts';
import { judgeAddresses, ONE_ADDRESS } from './judge-addresses.ts';

/** Tells which nodes of a segment have the same address, by the word of their kernels (RFC 5227 asks the segment instead). */
export const oneAddress: Audit = {
  name: ONE_ADDRESS,
  summary: 'a note where two nodes have the same address on a segment, and had it not before the fault',
  run: async ({ lab, nodes }) => {
    const segmentOf = (node: string, name: string) =>
      lab.node(node).ports.find((port) => port.interface === name)?.bridge;
    const looks = { before: nodes.before, after: await nodes.after() };
    const first = judgeAddresses(looks, segmentOf);
    if (first.notes?.length === 0) return [first];
    return [judgeAddresses({ ...looks, again: await nodes.again() }, segmentOf)];
  },
};
