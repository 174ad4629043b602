import path from 'node:path';
import { InputError, type InputProblem } from '../ground/errors.ts';
import { codeOf, MAX_CONFIGURATION_BYTES, readRegularText } from '../ground/read-regular-file.ts';
import { renderTemplate } from './render-template.ts';
import type { TopologyNode } from './topology.ts';

/** A file that a topology binds into a node, as the node will have it. */
export interface NodeFile {
  /** The bound file, a template or not: what messages name. */
  file: string;
  text: string;
  /** Variables of the template that have no value. */
  problems: InputProblem[];
  /** A problem with a place in `text`: the same with its place in the bound file. */
  located(problem: InputProblem): InputProblem;
}

/**
 * Reads what a node has at a path from a bind of the file, of its template, or of a folder that it is in.
 * @param variables of templates.
 * @returns undefined when nothing is bound there.
 * @throws InputError when it can't be read.
 */
export async function readNodeFile(
  node: TopologyNode,
  target: string,
  variables: Readonly<Record<string, string>>,
): Promise<NodeFile | undefined> {
  // A node renders its templates when it starts, over whatever is there.
  const template = readBound(node, `${target}.template`);
  if (template) return rendered(template.file, template.text, variables);
  const plain = readBound(node, target);
  const lines = linesOf(plain?.text ?? '');
  return plain && { ...plain, problems: [], located: (problem) => withColumn(problem, lines) };
}

function rendered(file: string, template: string, variables: Readonly<Record<string, string>>): NodeFile {
  const { text, missing, placeOf } = renderTemplate(template, variables);
  const lines = linesOf(text);
  return {
    file,
    text,
    problems: missing.map(({ name, line, column }) => ({
      message: `\${${name}} is not set: give it in the node's env`,
      position: { file, line, column },
    })),
    located(problem) {
      const { message, position } = withColumn(problem, lines);
      if (position?.line === undefined) return { message, position: { file } };
      const { line, column, variable } = placeOf(position.line, position.column ?? 1);
      const origin = variable === undefined ? '' : ` (in the value of \${${variable}})`;
      return { message: message + origin, position: { file, line, column } };
    },
  };
}

/** The lines of a text, split when they are first asked for. */
function linesOf(text: string): () => readonly string[] {
  let lines: string[] | undefined;
  return () => {
    lines ??= text.split('\n');
    return lines;
  };
}

/** Where only the line is known, the first character in it. */
function withColumn({ message, position }: InputProblem, lines: () => readonly string[]): InputProblem {
  if (position?.line === undefined || position.column !== undefined) {
    return { message, ...(position ? { position } : {}) };
  }
  const line = lines()[position.line - 1] ?? '';
  return { message, position: { ...position, column: Math.max(line.search(/\S/), 0) + 1 } };
}

function readBound({ binds }: TopologyNode, target: string): { file: string; text: string } | undefined {
  const bind = binds.findLast((one) => one.target === target);
  if (bind) return { file: bind.source, text: read(bind.source) };
  const folder = binds.findLast((one) => target.startsWith(`${one.target.replace(/\/$/, '')}/`));
  if (!folder) return undefined;
  const file = path.join(folder.source, path.posix.relative(folder.target, target));
  try {
    return { file, text: read(file) };
  } catch (error) {
    // The folder need not have it.
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function read(file: string): string {
  const text = readRegularText(file, { max_bytes: MAX_CONFIGURATION_BYTES });
  if (!text.includes('\0')) return text;
  throw new InputError([
    { message: 'is not a text file: give the configuration itself', position: { file } },
  ]);
}
