import { parseXml, XmlElement, XmlError } from '@rgrove/parse-xml';
import { InputError, type Position } from '../../../ground/errors.ts';

export type { XmlElement };

/** A well-formed XML document. */
export interface XmlSource {
  root: XmlElement;
  /** Where an element's start tag begins. */
  positionOf(element: XmlElement): Required<Position>;
}

/** @throws InputError with file:line:column when the text is not well-formed. */
export function readXml(text: string, file: string): XmlSource {
  // The parser leaves a byte order mark out of its columns, so it must not be there for ours.
  const bare = text.replace(/^\uFEFF/, '');
  try {
    const { root } = parseXml(bare, { includeOffsets: true });
    if (!root) throw new InputError([{ message: 'is empty', position: { file, line: 1, column: 1 } }]);
    const starts = lineStarts(bare);
    return { root, positionOf: ({ start }) => positionAt(starts, file, start) };
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    // The message goes on with an excerpt, on lines of its own.
    const message = error.message.split('\n', 1)[0]!.replace(/ \(line \d+, column \d+\)$/, '');
    throw new InputError([
      { message: `XML: ${message}`, position: positionAt(lineStarts(bare), file, error.pos) },
    ]);
  }
}

/** Child elements, of certain names if any are given. */
export function childrenOf(parent: XmlElement, ...names: string[]): XmlElement[] {
  return parent.children
    .filter((child) => child instanceof XmlElement)
    .filter(({ name }) => names.length === 0 || names.includes(name));
}

/** All elements inside, at any depth, in document order. */
export function descendantsOf(parent: XmlElement): XmlElement[] {
  return childrenOf(parent).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Offsets at which lines begin. */
function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

function positionAt(starts: readonly number[], file: string, offset: number): Required<Position> {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return { file, line: low + 1, column: offset - starts[low]! + 1 };
}
