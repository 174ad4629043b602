import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { FoundDrill } from './find-drill.ts';
import { readDrill } from './read-drill.ts';

/** The line with the key, and those that go on with its value: indented, or empty. */
const DESCRIPTION = /^description:.*(?:\n(?:[ \t].*)?)*/m;

/**
 * What a drill says of itself in a sentence. Most of a file is not parsed for it: `hadrill list` asks dozens.
 * @throws InputError when it has to be read whole for that, and is wrong.
 */
export async function drillDescription(found: FoundDrill): Promise<string> {
  const lines = DESCRIPTION.exec(await readFile(found.file, 'utf8'))?.[0] ?? '';
  return descriptionIn(lines) ?? (await readDrill(found)).content.description;
}

/** undefined when it is not a plain sentence: with variables, or with what is said elsewhere in the file. */
function descriptionIn(lines: string): string | undefined {
  if (lines.includes('${')) return undefined;
  try {
    const { description } = parse(lines) as { description?: unknown };
    return typeof description === 'string' ? description : undefined;
  } catch {
    return undefined;
  }
}
