import { InputError } from '../ground/errors.ts';
import { MIB, readRegularFile } from '../ground/read-regular-file.ts';
import type { AskedFile, Given, GivenFile, Initialiser } from '../systems/initialiser.ts';
import { nodeNameProblem } from '../topology/names.ts';

export type GivenFiles = Pick<Given, 'files' | 'nodes'>;

/** The longest file that is read. */
export const MOST_BYTES = MIB;
/** What a proposal adds. */
const ADDED = ['client', 'server', 'tester', 'fabric'];

/**
 * Reads the files of a pair.
 * @param values by option.
 * @throws InputError for a file that is missing, given twice, or can't be read.
 */
export function givenFiles(
  { files: asked }: Initialiser,
  values: ReadonlyMap<string, readonly string[]>,
): GivenFiles {
  const files = new Map(asked.map((file) => [file.option, filesOf(file, values.get(file.option) ?? [])]));
  const nodes = new Set([...files.values()].flatMap((by_node) => [...by_node.keys()]));
  nodes.delete('');
  return { files, nodes: [...nodes] };
}

function filesOf(asked: AskedFile, values: readonly string[]): Map<string, GivenFile> {
  const { option, shared, what } = asked;
  const given = values.map((value) => nodeAndFile(asked, value));
  const nodes = new Set(given.map(({ node }) => node));
  const wants = shared
    ? `--${option} FILE, or one for each node`
    : `two files of two nodes, --${option} r1=FILE --${option} r2=FILE`;
  const fits = shared
    ? given.length > 0 && (nodes.has('') ? given.length === 1 : nodes.size === given.length)
    : given.length === 2 && nodes.size === 2;
  if (!fits)
    throw new InputError(`hadrill init wants ${wants} (${what}); found ${values.join(' ') || 'none'}`);
  return new Map(
    given.map(({ node, file }) => [
      node,
      { file, text: new TextDecoder().decode(readRegularFile(file, { max_bytes: MOST_BYTES, what })) },
    ]),
  );
}

function nodeAndFile({ option, shared }: AskedFile, text: string): { node: string; file: string } {
  const at = text.indexOf('=');
  if (shared && at < 0 && text !== '') return { node: '', file: text };
  const [node, file] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  const problem = at < 1 || file === '' ? `write it like r1=FILE` : nodeNameProblem(node);
  if (problem !== undefined) throw new InputError(`--${option} ${text}: ${problem}`);
  if (ADDED.includes(node))
    throw new InputError(
      `--${option} ${text}: '${node}' is the name of a node that hadrill adds; choose another`,
    );
  return { node, file };
}
