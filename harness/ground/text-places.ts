import { lastAtOrBefore } from './sorted.ts';

/** Lines and columns of a text, as an editor counts them: from 1. */
export interface TextPlaces {
  placeOf(offset: number): { line: number; column: number };
  /** The end of the text for a line that it does not have. */
  offsetOf(line: number, column: number): number;
}

/** Looks through the text once; every place is then found by halving. */
export function textPlaces(text: string): TextPlaces {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    placeOf(offset) {
      const line = Math.max(
        0,
        lastAtOrBefore(starts, offset, (start) => start),
      );
      return { line: line + 1, column: offset - starts[line]! + 1 };
    },
    offsetOf: (line, column) => (starts[line - 1] ?? text.length) + column - 1,
  };
}
