import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { memberOf } from '../../../topology/member.ts';
import type { NodeFile } from '../../../topology/node-file.ts';
import type { Topology } from '../../../topology/topology.ts';
import { readBoundFile } from '../../bound-files.ts';
import { distinctProblems } from '../../distinct-problems.ts';
import { boundIncludes } from './bound-includes.ts';
import { checkMembers, type LabelledMember } from './check-members.ts';
import { type KeepalivedConf, readKeepalivedConf } from './keepalived-conf.ts';

const FILE = '/etc/keepalived/keepalived.conf';

/**
 * Reads the keepalived.conf that a topology binds into the members of its virtual routers (labels `hadrill.vr.NAME`),
 * as they will have it, and checks it together with the labels.
 * @returns what keepalived takes otherwise than written, and what does not fit together: opinions, each with its place.
 * @throws InputError with what ends keepalived when it starts, and with files that have no vrrp_instance at all.
 */
export async function loadKeepalived(topology: Topology): Promise<InputProblem[]> {
  const refused: InputProblem[] = [];
  const warnings: InputProblem[] = [];
  const members: LabelledMember[] = [];
  for (const node of topology.nodes) {
    if (node.virtual_routers.length === 0 || node.env.KEEPALIVED === 'off') continue;
    const { file, problems } = await readBoundFile(node, FILE, memberOf(topology, node));
    refused.push(...problems);
    if (!file) continue;
    const include = boundIncludes(node, FILE, file.file);
    const conf = readKeepalivedConf({ text: file.text, file: file.file, config_id: node.name, include });
    const place = placing(file);
    refused.push(...refusals(conf, file).map(place));
    warnings.push(...conf.ignored.map(place));
    if (conf.not_followed.length === 0) members.push({ node, conf, place });
  }
  if (refused.length > 0) throw new InputError(distinctProblems(refused));
  return distinctProblems([...warnings, ...checkMembers(members)]);
}

/** What of a file makes the drill meaningless, whatever else is in it. */
function refusals(
  { instances, not_followed, refused, ignored }: KeepalivedConf,
  { file }: NodeFile,
): InputProblem[] {
  if (not_followed.length > 0) return [];
  if (instances.length > 0) return refused;
  const message = 'there is no vrrp_instance in it, and the label hadrill.vr.NAME says that there is one';
  return [...ignored, { message, position: { file } }];
}

/** Problems of the file itself are where they are in its template. */
function placing(file: NodeFile): (problem: InputProblem) => InputProblem {
  return (problem) => (problem.position?.file === file.file ? file.located(problem) : problem);
}
