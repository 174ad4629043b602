import { lastAtOrBefore } from '../ground/sorted.ts';
import { textPlaces } from '../ground/text-places.ts';

/** A template as a node renders it when it starts. */
export interface Rendered {
  text: string;
  /** Variables without a value, each with its place in the template. */
  missing: { name: string; line: number; column: number }[];
  /** The place in the template of a place in `text`; of what a variable gave: where the variable stands. */
  placeOf(line: number, column: number): { line: number; column: number; variable?: string };
}

interface Piece {
  /** Offset in the rendered text. */
  at: number;
  /** Offset in the template. */
  from: number;
  variable?: string;
}

const VARIABLE = /\$\{([A-Z][A-Z0-9_]*)\}/g;

/**
 * Replaces every `${NAME}` by a variable of the node's, as images/base/hadrill/render does. What has no value stays
 * as it is. Lines and columns start at 1.
 */
export function renderTemplate(template: string, env: Readonly<Record<string, string>>): Rendered {
  const pieces: Piece[] = [];
  const missing: Rendered['missing'] = [];
  const inTemplate = textPlaces(template);
  let text = '';
  let from = 0;
  const copyUntil = (end: number) => {
    pieces.push({ at: text.length, from });
    text += template.slice(from, end);
  };
  for (const match of template.matchAll(VARIABLE)) {
    const [whole, name] = match;
    const value = Object.hasOwn(env, name!) ? env[name!] : undefined;
    copyUntil(match.index);
    if (value === undefined) missing.push({ name: name!, ...inTemplate.placeOf(match.index) });
    pieces.push({ at: text.length, from: match.index, variable: name! });
    text += value ?? whole;
    from = match.index + whole.length;
  }
  copyUntil(template.length);
  const inText = textPlaces(text);
  return {
    text,
    missing,
    placeOf(line, column) {
      const offset = inText.offsetOf(line, column);
      const piece = pieces[lastAtOrBefore(pieces, offset, ({ at }) => at)]!;
      if (piece.variable === undefined) return inTemplate.placeOf(piece.from + offset - piece.at);
      return { ...inTemplate.placeOf(piece.from), variable: piece.variable };
    },
  };
}
