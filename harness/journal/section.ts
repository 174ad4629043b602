/** A table of a report: what it says, without a word on how it looks. */
export interface Section {
  /** In words of our own, for reports with titles: `Timeline of trial 3`. */
  title: string;
  /** What of the run it shows, where that is not all of it: `trial 3`. */
  of?: string;
  /** Headings, in capitals. */
  head: string[];
  /** One for each heading. */
  align: ('left' | 'right')[];
  rows: string[][];
  /** What belongs to it in words: one sentence each. */
  notes: string[];
  /** The column whose heading gives way to `of` in a report without titles, counted from 0. */
  of_column?: number;
}

/** Left for the first column and the last, right for the numbers between them. */
export function numbersBetween(head: readonly string[]): Section['align'] {
  return head.map((_, column) => (column > 0 && column < head.length - 1 ? 'right' : 'left'));
}
