import type { TriedSize } from '../calibration/bearable-nodes.ts';
import type { Check } from './check.ts';

/** How many nodes this machine bears for a timed drill: the largest lab in which the crash of a host could be measured. */
export function nodesCheck(tried: readonly TriedSize[]): Check {
  const name = 'nodes';
  const most = tried.findLast(({ trouble }) => trouble === undefined)?.nodes;
  const many = tried.find(({ trouble }) => trouble !== undefined);
  if (most === undefined) {
    const why = many ? `${many.nodes} nodes: ${many.trouble}` : 'nothing was tried';
    const remedy = 'let nothing else run on the machine while drills do, then measure again';
    return { name, status: 'limited', detail: `no timed drill was measured (${why})`, remedy };
  }
  const beyond = many ? `${many.nodes} were too many: ${many.trouble}` : 'the most that is tried';
  return { name, status: 'ok', detail: `${most} in a timed drill, measured just now (${beyond})` };
}
