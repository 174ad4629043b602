import type { InputProblem } from '../../../ground/errors.ts';

export interface CorosyncSection {
  name: string;
  line: number;
  entries: { key: string; value: string; line: number }[];
  sections: CorosyncSection[];
}

/** Without the blanks around it that corosync drops: spaces, tabs, no-break spaces. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && ' \t\u00a0'.includes(text[start]!)) start += 1;
  while (end > start && ' \t\u00a0'.includes(text[end - 1]!)) end -= 1;
  return text.slice(start, end);
}

/**
 * corosync.conf(5) as a tree, read line by line as corosync does: a line with `{` opens a section and holds
 * nothing after it, a line with `:` is `key: value`, a line with `}` holds nothing else, a comment is a line
 * that starts with `#`. What corosync would refuse to start with goes into `problems`.
 */
export function parseCorosyncSyntax(text: string, file: string, problems: InputProblem[]): CorosyncSection {
  const root: CorosyncSection = { name: '', line: 0, entries: [], sections: [] };
  const open = [root];
  const report = (line: number, message: string) => problems.push({ message, position: { file, line } });
  text.split(/\r?\n/).forEach((source, index) => {
    const line = index + 1;
    const bare = trim(source);
    if (bare === '' || bare.startsWith('#')) return;
    const parent = open.at(-1)!;
    if (bare.includes('{')) {
      open.push(openSection(parent, bare, line, report));
    } else if (bare.includes(':')) {
      const colon = bare.indexOf(':');
      const key = trim(bare.slice(0, colon));
      if (key === '') report(line, "a name must stand before the ':'");
      parent.entries.push({ key, value: trim(bare.slice(colon + 1)), line });
    } else if (bare.includes('}')) {
      if (bare !== '}') report(line, "a '}' stands on a line of its own");
      if (open.length > 1) open.pop();
      else report(line, "'}' without its '{'");
    } else {
      report(line, `'${bare.slice(0, 80)}' is neither 'key: value' nor the start or end of a section`);
    }
  });
  for (const section of open.slice(1)) report(section.line, `section '${section.name}' is never closed`);
  return root;
}

function openSection(
  parent: CorosyncSection,
  bare: string,
  line: number,
  report: (line: number, message: string) => void,
): CorosyncSection {
  const brace = bare.indexOf('{');
  const name = trim(bare.slice(0, brace));
  const rest = trim(bare.slice(brace + 1));
  if (name === '') report(line, "a name must stand before the '{'");
  if (rest !== '') report(line, `one statement a line: nothing may follow '{', here '${rest.slice(0, 80)}'`);
  const section: CorosyncSection = { name, line, entries: [], sections: [] };
  parent.sections.push(section);
  return section;
}
