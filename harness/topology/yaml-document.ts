import { Composer, type CST, type Document, Lexer, Parser, parseDocument, YAMLParseError } from 'yaml';

// The library compares every key with every other: duplicates are found in yaml-finder.ts.
const OPTIONS = { merge: true, prettyErrors: false, logLevel: 'error', uniqueKeys: false } as const;

/** How deep lists and mappings may be inside each other: far more than any file that people write. */
const MAX_DEPTH = 100;

export interface ParsedYaml {
  document: Document;
  /** It is nested deeper than is read: then the document is empty. */
  too_deep?: { message: string; offset: number };
}

class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super(`lists and mappings are nested deeper than ${MAX_DEPTH} levels, the most that is read`);
    this.offset = offset;
  }
}

/**
 * Parses YAML text as the library's own `parseDocument` does, but nothing that is nested so deep that a program would
 * run out of stack.
 */
export function parseYamlDocument(text: string): ParsedYaml {
  try {
    const [document, second] = new Composer(OPTIONS).compose(tokensOf(text), true, text.length);
    if (second) {
      document!.errors.push(new YAMLParseError([second.range[0], second.range[1]], 'MULTIPLE_DOCS', ''));
    }
    return { document: document ?? parseDocument('', OPTIONS) };
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    const { message, offset } = error;
    return { document: parseDocument('', OPTIONS), too_deep: { message, offset } };
  }
}

/** A document is a token only when it is whole: until then it is not composed, which is where the stack is needed. */
function* tokensOf(text: string): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // The document itself is the first on the stack, the scalar that is being read the last.
    if (parser.stack.length > MAX_DEPTH + 2) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}
