import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { memberOf } from '../../../topology/member.ts';
import type { NodeFile } from '../../../topology/node-file.ts';
import type { Topology } from '../../../topology/topology.ts';
import { readBoundFile } from '../../bound-files.ts';
import { distinctProblems } from '../../distinct-problems.ts';
import { boundIncludes } from './bound-includes.ts';
import { checkMembers, type LabelledMember } from './check-members.ts';
import { type KeepalivedConf, readKeepalivedConf } from './keepalived-conf.ts';
import { wordNotFollowed } from './keepalived-instances.ts';
import type { VrrpInstance } from './vrrp-instance.ts';

/** What a node's keepalived.conf says, as far as it is followed. */
export interface ReadKeepalived {
  instances: readonly VrrpInstance[];
  /** Why that is not certain: one sentence each. */
  not_followed: readonly string[];
}

/** Node to what it has bound; without those that have nothing bound. */
export type KeepalivedFiles = ReadonlyMap<string, ReadKeepalived>;

const FILE = '/etc/keepalived/keepalived.conf';

/**
 * Reads the keepalived.conf that a topology binds into the members of its virtual routers (labels `hadrill.vr.NAME`),
 * as they will have it, and checks it together with the labels.
 * @returns as notes what keepalived takes otherwise than written, and what does not fit together: each with its place.
 * @throws InputError with what ends keepalived when it starts, and with files that have no vrrp_instance at all.
 */
export async function loadKeepalived(
  topology: Topology,
): Promise<{ files: KeepalivedFiles; notes: InputProblem[] }> {
  const refused: InputProblem[] = [];
  const warnings: InputProblem[] = [];
  const members: LabelledMember[] = [];
  const files = new Map<string, ReadKeepalived>();
  for (const node of topology.nodes) {
    if (node.virtual_routers.length === 0) continue;
    if (node.env.KEEPALIVED === 'off') {
      files.set(node.name, { instances: [], not_followed: [`keepalived of ${node.name} is off`] });
      continue;
    }
    const { file, problems } = await readBoundFile(node, FILE, memberOf(topology, node));
    refused.push(...problems);
    if (!file) continue;
    const include = boundIncludes(node, FILE, file.file);
    const conf = readKeepalivedConf({ text: file.text, file: file.file, config_id: node.name, include });
    const place = placing(file);
    refused.push(...refusals(conf, file).map(place));
    warnings.push(...conf.ignored.map(place));
    const not_followed = conf.not_followed.map((problem) => wordNotFollowed(place(problem)));
    files.set(node.name, { instances: conf.instances, not_followed });
    if (conf.not_followed.length === 0) members.push({ node, conf, place });
  }
  if (refused.length > 0) throw new InputError(distinctProblems(refused));
  return { files, notes: distinctProblems([...warnings, ...checkMembers(members)]) };
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
