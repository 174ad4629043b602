import type { InputProblem } from '../../../ground/errors.ts';
import type { HostNames, Member } from '../../../topology/member.ts';
import { type Finding, Findings } from '../../file-findings.ts';
import { checkCorosyncStart } from './check-corosync-start.ts';
import { checkNodelist } from './check-nodelist.ts';
import { lastOf, sectionsOf } from './corosync-sections.ts';
import { type CorosyncSection, parseCorosyncSyntax } from './corosync-syntax.ts';

/**
 * Reports what is wrong with a corosync.conf for the nodes that use it (corosync.conf(5), votequorum(5)): a nodelist
 * that does not fit them, and a quorum that Pacemaker cannot work with. What corosync takes, and what only the node can
 * show, is a note.
 * @param members all nodes of the cluster.
 * @param names what resolves in the node that has the file.
 * @param no_quorum_policy of the CIB: with `ignore` a survivor goes on alone.
 */
export function checkCorosync(
  text: string,
  file: string,
  members: readonly Member[],
  names: HostNames,
  no_quorum_policy: string | undefined,
): Finding[] {
  const syntax: InputProblem[] = [];
  const root = parseCorosyncSyntax(text, file, syntax);
  // What follows from a file that is read wrong would only confuse.
  if (syntax.length > 0) return [];
  const findings = new Findings(file);
  const nodes = checkNodelist(root, members, names, findings);
  checkQuorum(root, nodes, no_quorum_policy, findings);
  checkCorosyncStart(root, text, nodes, findings);
  return findings.all;
}

function checkQuorum(
  root: CorosyncSection,
  nodes: number,
  no_quorum_policy: string | undefined,
  findings: Findings,
): void {
  const quorum = sectionsOf(root, 'quorum');
  const line = quorum[0]?.line ?? 1;
  if (lastOf(quorum, 'provider')?.value !== 'corosync_votequorum') {
    findings.problem(line, "quorum needs 'provider: corosync_votequorum': Pacemaker does not start without");
  }
  const two_node = lastOf(quorum, 'two_node');
  const is_two_node = two_node !== undefined && Number(two_node.value) > 0;
  if (is_two_node && nodes > 0 && nodes !== 2) {
    findings.note(two_node.line, `'two_node: 1' is for two nodes, the nodelist has ${nodes}`);
  }
  const has_breaker =
    is_two_node ||
    Number(lastOf(quorum, 'auto_tie_breaker')?.value ?? 0) > 0 ||
    quorum.some((one) => sectionsOf(one, 'device').length > 0);
  if (nodes !== 2 || has_breaker || no_quorum_policy === 'ignore') return;
  const message =
    "of two nodes the survivor loses quorum and stops everything: 'two_node: 1' in quorum (or 'auto_tie_breaker: 1', or a quorum device) keeps it running";
  findings.note(two_node?.line ?? line, message);
}
