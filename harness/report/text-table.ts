import Table from 'cli-table3';

export interface TableOptions {
  /** Columns, counted from 0, whose values stand flush right. */
  right?: readonly number[];
}

/** Columns for people: headings, rows, no lines between; ends with a newline. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [] }: TableOptions = {},
): string {
  const plain = Object.fromEntries(
    ['top', 'bottom', 'mid', 'left', 'right'].flatMap((side) =>
      [side, `${side}-mid`, `${side}-left`, `${side}-right`].map((part) => [part, '']),
    ),
  );
  const columns = Math.max(head.length, ...rows.map((row) => row.length));
  const made = new Table({
    head: [...head],
    chars: { ...plain, middle: '  ' },
    colAligns: Array.from({ length: columns }, (_, column) => (right.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  made.push(...rows.map((row) => [...row]));
  return `${made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}
