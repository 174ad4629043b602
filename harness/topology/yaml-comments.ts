import { Parser } from 'yaml';

export interface TextRange {
  start: number;
  end: number;
}

/** Where YAML text has its comments. A `#` inside a string or a block scalar is none. */
export function commentRanges(text: string): TextRange[] {
  const ranges: TextRange[] = [];
  for (const token of new Parser().parse(text)) collect(token, ranges);
  return ranges;
}

function collect(token: unknown, ranges: TextRange[]): void {
  if (Array.isArray(token)) {
    for (const item of token) collect(item, ranges);
    return;
  }
  if (typeof token !== 'object' || token === null) return;
  if (isComment(token)) {
    ranges.push({ start: token.offset, end: token.offset + token.source.length });
    return;
  }
  for (const part of Object.values(token)) collect(part, ranges);
}

function isComment(token: object): token is { type: 'comment'; offset: number; source: string } {
  return 'type' in token && token.type === 'comment' && 'offset' in token && 'source' in token;
}
