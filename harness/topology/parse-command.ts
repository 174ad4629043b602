import { messageOf } from '../ground/errors.ts';
import { magicProblem, withNodeName } from './magic-words.ts';
import type { ResolveContext } from './resolve-context.ts';
import { splitWords } from './split-words.ts';
import type { YamlPath } from './yaml-path.ts';

/** The words of a command, or undefined after reporting why it has none. */
export function parseCommand(
  context: ResolveContext,
  text: string,
  path: YamlPath,
  node: string,
): string[] | undefined {
  const magic = magicProblem(text);
  if (magic) {
    context.report(path, magic);
    return undefined;
  }
  try {
    const words = splitWords(withNodeName(text, node));
    if (words.length > 0) return words;
    context.report(path, 'the command is empty');
  } catch (error) {
    context.report(path, `this command cannot be split into words: ${messageOf(error)}`);
  }
  return undefined;
}
