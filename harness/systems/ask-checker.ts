import { formatPosition, InputError, type InputProblem } from '../ground/errors.ts';
import { waitUntil } from '../ground/wait.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { runInNode } from '../lab/run-in-node.ts';
import type { NodeFile } from '../topology/node-file.ts';
import { complaintsOf } from './complaints.ts';

/** A node renders its templates when it starts. */
const FILE_TIMEOUT_MS = 20_000;
/** What a shell says of a program that is not there, and of one that may not be run. */
const NO_PROGRAM = [126, 127];

/** A configuration, and how its daemon is asked what it thinks of it. */
export interface Checker {
  /** Of the file in the node. */
  path: string;
  check: readonly string[];
  /** Says why, where the check itself does not. */
  explain?: readonly string[];
}

/** A node's bound files, by the paths that the node has them at. */
interface NodeFiles {
  node: string;
  bound: ReadonlyMap<string, NodeFile>;
}

interface NodeComplaint {
  who: string;
  problem: InputProblem;
}

/**
 * Asks daemons' own checks, in the nodes, what they think of the configuration that the topology binds. They know their
 * version, and what resolves there. A file that is not bound is not asked about.
 * @throws InputError in the daemon's own words, with the places in the bound files; DeadlineError when a node does not
 *   render its templates.
 */
export async function askChecker(
  lab: Lab,
  questions: readonly { checker: Checker; files: NodeFiles }[],
  signal?: AbortSignal,
): Promise<void> {
  const asked = questions
    .filter(({ checker, files }) => files.bound.has(checker.path))
    .map(({ checker, files }) => answer(lab, lab.node(files.node), files, checker, signal));
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
  files: NodeFiles,
  { path, check, explain }: Checker,
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
