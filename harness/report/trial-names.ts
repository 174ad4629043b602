/** Of a long run, which of a thousand trials it was says no more than how many: the journal has them all. */
const MOST_NAMES = 12;
/** Shorter rows are written out: `1, 2 and 5`. */
const LEAST_ROW = 3;

/** `trial 3`, `trials 1-3`, `trials 1, 2 and 5-9`, `trials 1, 3, … and 4988 more`; in their order, one at least. */
export function trialNames(indexes: readonly number[]): string {
  if (indexes.length === 1) return `trial ${indexes[0]}`;
  const names = rowsOf(indexes).flatMap(nameOfRow);
  if (names.length === 1) return `trials ${names[0]!.text}`;
  const listed = names.length > MOST_NAMES ? names.slice(0, MOST_NAMES) : names.slice(0, -1);
  const rest = names.slice(listed.length);
  const more = rest.length === 1 ? rest[0]!.text : `${rest.reduce((sum, { count }) => sum + count, 0)} more`;
  return `trials ${listed.map(({ text }) => text).join(', ')} and ${more}`;
}

/** Rows of indexes that follow each other. */
function rowsOf(indexes: readonly number[]): number[][] {
  const rows: number[][] = [];
  for (const index of indexes) {
    const row = rows.at(-1);
    if (row?.at(-1) === index - 1) row.push(index);
    else rows.push([index]);
  }
  return rows;
}

function nameOfRow(row: readonly number[]): { text: string; count: number }[] {
  if (row.length < LEAST_ROW) return row.map((index) => ({ text: String(index), count: 1 }));
  return [{ text: `${row[0]}-${row.at(-1)}`, count: row.length }];
}
