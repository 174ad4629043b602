import { formatPosition, InputError, type InputProblem } from '../../../ground/errors.ts';
import { waitUntil } from '../../../ground/wait.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { complaintsOf } from '../config/complaints.ts';
import { hasWholeHaproxy, type LoadedClusters, type MemberFiles, PATHS } from '../config/load-clusters.ts';

/** A node renders its templates when it starts. */
const FILE_TIMEOUT_MS = 20_000;
/** What a shell says of a program that is not there, and of one that may not be run. */
const NO_PROGRAM = [126, 127];

/** A configuration, and how its daemon is asked what it thinks of it. */
interface Question {
  path: string;
  check: readonly string[];
  /** Says why, where the check itself does not. */
  explain?: readonly string[];
}

interface NodeComplaint {
  who: string;
  problem: InputProblem;
}

const COROSYNC: Question = { path: PATHS.corosync, check: ['corosync', '-t', '-c', PATHS.corosync] };
const CIB: Question = {
  path: PATHS.cib,
  check: ['crm_simulate', '-x', PATHS.cib, '-S'],
  explain: ['crm_verify', '-V', '-x', PATHS.cib],
};
const HAPROXY: Question = { path: PATHS.haproxy, check: ['haproxy', '-c', '-f', PATHS.haproxy] };

/**
 * Asks the daemons' own checks, in the nodes, what they think of the configuration that the topology binds: corosync -t,
 * crm_simulate and crm_verify, haproxy -c. They know their version, and what resolves there.
 * @throws InputError in the daemon's own words, with the places in the bound files; DeadlineError when a node does not
 *   render its templates.
 */
export async function askDaemons(
  lab: Lab,
  { clusters, nodes }: LoadedClusters,
  signal?: AbortSignal,
): Promise<void> {
  const members = new Set(clusters.flatMap((cluster) => cluster.members.map(({ node }) => node)));
  const asked = nodes.flatMap((files) => {
    const node = lab.node(files.node);
    const questions = [
      ...(members.has(files.node) ? [COROSYNC, CIB] : []),
      ...(hasWholeHaproxy(node.spec) ? [HAPROXY] : []),
    ];
    return questions
      .filter(({ path }) => files.bound.has(path))
      .map((one) => answer(lab, node, files, one, signal));
  });
  const problems = (await Promise.all(asked)).flat();
  if (problems.length > 0) throw new InputError(once(problems));
}

/** Members share their files, so each says the same: the first one's word is enough. */
function once(complaints: readonly NodeComplaint[]): InputProblem[] {
  const key = ({ message, position }: InputProblem) =>
    `${position ? formatPosition(position) : ''} ${message}`;
  const first = new Map(complaints.toReversed().map((one) => [key(one.problem), one]));
  return complaints
    .filter((one) => first.get(key(one.problem)) === one)
    .map(({ who, problem }) => ({ ...problem, message: `${who}: ${problem.message}` }));
}

async function answer(
  lab: Lab,
  node: LabNode,
  files: MemberFiles,
  { path, check, explain }: Question,
  signal: AbortSignal | undefined,
): Promise<NodeComplaint[]> {
  await waitForFile(lab, node, path, signal);
  const said = await runInNode(lab, node, check);
  if (said.status === 0 || NO_PROGRAM.includes(said.status)) return [];
  const why = explain ? await runInNode(lab, node, explain) : said;
  const file = files.bound.get(path)!;
  return complaintsOf(why, path).map(({ message, line }) => ({
    who: `${(explain ?? check)[0]} in node '${node.name}'`,
    problem: file.located({
      message,
      position: { file: file.file, ...(line === undefined ? {} : { line }) },
    }),
  }));
}

async function waitForFile(
  lab: Lab,
  node: LabNode,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await waitUntil({
    what: `node '${node.name}' to have ${path}`,
    timeout_ms: FILE_TIMEOUT_MS,
    interval_ms: 200,
    signal,
    check: async () => ((await lab.agent.call('node_file_size', { pid: node.pid, path })) ?? 0) > 0,
    log: () => lab.log(node.name, 8),
  });
}
