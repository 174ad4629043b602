import { lastAtOrBefore } from '../ground/sorted.ts';
import { shortenText } from './describe-value.ts';

/** A substitution that could not be made. Offsets count UTF-16 units. */
export interface SubstitutionProblem {
  /** In the original text, of the `$`. */
  offset: number;
  /** In the substituted text: where the stand-in was put. */
  substituted_at: number;
  message: string;
}

export interface SubstitutedText {
  text: string;
  problems: SubstitutionProblem[];
  /** The offset in the original text of an offset in `text`; inside a replaced value: that of its `$`. */
  originalOffset(offset: number): number;
}

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

interface Piece {
  /** Offset in the substituted text. */
  at: number;
  /** Offset in the original text. */
  from: number;
  /** Copied character by character, so offsets inside it can be told apart. */
  verbatim: boolean;
}

/** What one `$...` turns into. */
interface Replacement {
  /** Length of the `$...` in the original text. */
  length: number;
  value: string;
  message?: string;
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /:-|:=|:\+|-|=|\+/y;

/**
 * Replaces `${NAME}`, `${NAME:-text}`, `${NAME:=text}`, `${NAME-text}`, `${NAME=text}`, `${NAME:+text}`,
 * `${NAME+text}` and `$NAME` by values of `env`, and `$$` by `$`, anywhere in the text.
 * @param env what somebody gave values for; not the environment of the process, from which files of others take nothing.
 * A bare `$NAME` that is not set stays as it is (shell snippets use it); a `${NAME}` that is not set is a problem.
 */
export function substituteVariables(original: string, env: Environment): SubstitutedText {
  const pieces: Piece[] = [];
  const problems: SubstitutionProblem[] = [];
  const braceAfter = closingBraces(original);
  const parts: string[] = [];
  let length = 0;
  const append = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  let position = 0;
  while (position < original.length) {
    const dollar = original.indexOf('$', position);
    const end = dollar < 0 ? original.length : dollar;
    pieces.push({ at: length, from: position, verbatim: true });
    append(original.slice(position, end));
    if (dollar < 0) break;
    const replacement = replace(original, dollar, env, braceAfter);
    if (replacement.message) {
      problems.push({ offset: dollar, substituted_at: length, message: replacement.message });
    }
    pieces.push({ at: length, from: dollar, verbatim: false });
    append(replacement.value);
    position = dollar + replacement.length;
  }
  pieces.push({ at: length, from: original.length, verbatim: false });
  return { text: parts.join(''), problems, originalOffset: (offset) => originalOffset(pieces, offset) };
}

function originalOffset(pieces: readonly Piece[], offset: number): number {
  const piece = pieces[lastAtOrBefore(pieces, offset, ({ at }) => at)];
  if (!piece) return 0;
  return piece.verbatim ? piece.from + (offset - piece.at) : piece.from;
}

/** The offset of the first `}` from an offset on, when it is on the same line. */
type BraceAfter = (offset: number) => number | undefined;

/** To be asked for rising offsets: the text is looked through once, however often it is asked. */
function closingBraces(text: string): BraceAfter {
  let brace = -1;
  let line_end = -1;
  const next = (pattern: RegExp, from: number) => {
    pattern.lastIndex = from;
    return pattern.exec(text)?.index ?? text.length;
  };
  return (offset) => {
    if (brace < offset) brace = next(/\}/g, offset);
    if (line_end < offset) line_end = next(/[\r\n]/g, offset);
    return brace < line_end ? brace : undefined;
  };
}

function replace(text: string, dollar: number, env: Environment, braceAfter: BraceAfter): Replacement {
  const next = text[dollar + 1];
  if (next === '$') return { length: 2, value: '$' };
  if (next === '{') return replaceBraced(text, dollar, env, braceAfter);
  const name = match(NAME, text, dollar + 1);
  if (name === undefined) return { length: 1, value: '$' };
  const value = valueIn(env, name);
  return { length: 1 + name.length, value: value ? value : `$${name}` };
}

function replaceBraced(text: string, dollar: number, env: Environment, braceAfter: BraceAfter): Replacement {
  // `${1}` belongs to shells and regular expressions; containerlab leaves it alone too.
  if (/[0-9]/.test(text[dollar + 2] ?? '')) return { length: 2, value: '${' };
  const close = braceAfter(dollar);
  if (close === undefined) {
    return problem(2, '${', `'\${' has no closing '}' on its line${LITERAL}`);
  }
  const whole = text.slice(dollar, close + 1);
  const name = match(NAME, whole, 2);
  if (name === undefined)
    return problem(whole.length, 'x', `'${shortenText(whole)}' names no variable${LITERAL}`);
  const rest = whole.slice(2 + name.length, -1);
  if (rest === '') return plain(whole, name, env);
  const operator = match(OPERATOR, rest, 0);
  if (operator === undefined) {
    const forms = `\${${name}}, \${${name}:=default}, \${${name}:-default}, \${${name}:+other}`;
    return problem(
      whole.length,
      name,
      `'${shortenText(whole)}' is not a substitution hadrill knows (${forms})${LITERAL}`,
    );
  }
  return withOperator(whole, name, operator, rest.slice(operator.length), env);
}

const LITERAL = `; write $\${ for a literal \${`;

function plain(whole: string, name: string, env: Environment): Replacement {
  const value = valueIn(env, name);
  if (value !== undefined) return { length: whole.length, value };
  // The name stands in for the value, so that the rest of the file can still be read and checked.
  return problem(whole.length, name, `${noValue(name)}; or write $\${${name}} for the literal text`);
}

function withOperator(
  whole: string,
  name: string,
  operator: string,
  operand: string,
  env: Environment,
): Replacement {
  const value = valueIn(env, name);
  const present = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  const useOperand = operator.endsWith('+') ? present : !present;
  if (!useOperand) return { length: whole.length, value: operator.endsWith('+') ? '' : (value ?? '') };
  if (operand.includes('${')) {
    return problem(
      whole.length + 1,
      name,
      `'${shortenText(whole)}' nests a substitution in another; write $OTHER without braces`,
    );
  }
  const other = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(operand)?.[1];
  if (other === undefined) return { length: whole.length, value: operand };
  const otherValue = valueIn(env, other);
  if (otherValue !== undefined) return { length: whole.length, value: otherValue };
  return problem(
    whole.length,
    name,
    `'${shortenText(whole)}' takes its value from another variable: ${noValue(other)}`,
  );
}

function noValue(name: string): string {
  return (
    `variable '${name}' has no value: give one in a drill's variables or with --var ${name}=VALUE, ` +
    `take that of the environment with --var ${name}, or set a default with \${${name}:=...}`
  );
}

function problem(length: number, value: string, message: string): Replacement {
  return { length, value, message };
}

function valueIn(env: Environment, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
