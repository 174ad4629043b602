const MOST_CHARACTERS = 100;

/**
 * The candidate nearest to `name`: at most one edit per three characters (insert, delete, replace, swap
 * neighbours), case ignored. `undefined` when none is near.
 */
export function nearName(name: string, candidates: Iterable<string>): string | undefined {
  // Nobody mistypes a name of hundreds of characters, and comparing such names takes long.
  if (name.length > MOST_CHARACTERS) return undefined;
  const wanted = name.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) > limit) continue;
    const edits = editDistance(wanted, candidate.toLowerCase());
    if (edits <= limit && (best === undefined || edits < best.edits)) best = { candidate, edits };
  }
  return best?.candidate;
}

/** ` (did you mean 'x'?)` for the nearest candidate, or an empty string when none is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearName(name, candidates);
  return near === undefined ? '' : ` (did you mean '${near}'?)`;
}

/** Optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, rows[i - 2]![j - 2]! + 1);
      }
      row.push(edits);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
