/**
 * Splits a command into words as a POSIX shell does: blanks separate, quotes and backslashes protect, a `#`
 * that begins a word starts a comment. Nothing is expanded (POSIX.1-2024, Shell Command Language, 2.2 Quoting).
 * @throws SyntaxError when a quote is not closed or a backslash ends the text.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let position = 0;
  while (position < text.length) {
    const char = text[position]!;
    if (/\s/.test(char)) {
      position += 1;
    } else if (char === '#') {
      const newline = text.indexOf('\n', position);
      position = newline < 0 ? text.length : newline;
    } else {
      const { word, end } = readWord(text, position);
      words.push(word);
      position = end;
    }
  }
  return words;
}

interface Read {
  word: string;
  /** Offset after what was read. */
  end: number;
}

function readWord(text: string, start: number): Read {
  let word = '';
  let position = start;
  while (position < text.length && !/\s/.test(text[position]!)) {
    const part = readPart(text, position);
    word += part.word;
    position = part.end;
  }
  return { word, end: position };
}

function readPart(text: string, start: number): Read {
  const char = text[start]!;
  if (char === "'") {
    const close = text.indexOf("'", start + 1);
    if (close < 0) throw new SyntaxError("a single quote (') is not closed");
    return { word: text.slice(start + 1, close), end: close + 1 };
  }
  if (char === '"') return readDoubleQuoted(text, start);
  if (char !== '\\') return { word: char, end: start + 1 };
  const escaped = text[start + 1];
  if (escaped === undefined) throw new SyntaxError('a backslash (\\) ends the text');
  return { word: escaped === '\n' ? '' : escaped, end: start + 2 };
}

function readDoubleQuoted(text: string, start: number): Read {
  let word = '';
  for (let position = start + 1; position < text.length; position++) {
    const char = text[position]!;
    if (char === '"') return { word, end: position + 1 };
    const escaped = text[position + 1];
    if (char === '\\' && escaped !== undefined && '$`"\\\n'.includes(escaped)) {
      word += escaped === '\n' ? '' : escaped;
      position += 1;
    } else {
      word += char;
    }
  }
  throw new SyntaxError('a double quote (") is not closed');
}
