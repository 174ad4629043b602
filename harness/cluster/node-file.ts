import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InputError, type InputProblem, messageOf } from '../ground/errors.ts';
import type { TopologyNode } from '../topology/topology.ts';
import { renderTemplate } from './render-template.ts';

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
  const template = await readBound(node, `${target}.template`);
  if (template) return rendered(template.file, template.text, variables);
  const plain = await readBound(node, target);
  return plain && { ...plain, problems: [], located: (problem) => withColumn(problem, plain.text) };
}

function rendered(file: string, template: string, variables: Readonly<Record<string, string>>): NodeFile {
  const { text, missing, placeOf } = renderTemplate(template, variables);
  return {
    file,
    text,
    problems: missing.map(({ name, line, column }) => ({
      message: `\${${name}} is not set: give it in the node's env`,
      position: { file, line, column },
    })),
    located(problem) {
      const { message, position } = withColumn(problem, text);
      if (position?.line === undefined) return { message, position: { file } };
      const { line, column, variable } = placeOf(position.line, position.column ?? 1);
      const origin = variable === undefined ? '' : ` (in the value of \${${variable}})`;
      return { message: message + origin, position: { file, line, column } };
    },
  };
}

/** Where only the line is known, the first character in it. */
function withColumn({ message, position }: InputProblem, text: string): InputProblem {
  if (position?.line === undefined || position.column !== undefined) {
    return { message, ...(position ? { position } : {}) };
  }
  const line = text.split('\n')[position.line - 1] ?? '';
  return { message, position: { ...position, column: Math.max(line.search(/\S/), 0) + 1 } };
}

async function readBound(
  { binds }: TopologyNode,
  target: string,
): Promise<{ file: string; text: string } | undefined> {
  const bind = binds.findLast((one) => one.target === target);
  if (bind) return { file: bind.source, text: await read(bind.source) };
  const folder = binds.findLast((one) => target.startsWith(`${one.target.replace(/\/$/, '')}/`));
  if (!folder) return undefined;
  const file = path.join(folder.source, path.posix.relative(folder.target, target));
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch {
    // The folder need not have it.
    return undefined;
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new InputError([{ message: `can't be read: ${messageOf(error)}`, position: { file } }]);
  }
}
