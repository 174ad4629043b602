import type { z } from 'zod';
import { didYouMean } from '../ground/near-name.ts';
import { describeValue } from './describe-value.ts';

export type Issue = z.core.$ZodIssue;

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  null: 'nothing',
};

/**
 * What a schema expected, as the sentence "expected ..." continues, and a suggestion where one is near.
 * Schemas write their own messages the same way: `z.string().regex(..., 'a size like 512mb')`.
 */
function expectation(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_WORDS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return words(issue.values.map(String), found);
    case 'too_small':
    case 'too_big':
      return limit(issue);
    case 'invalid_format':
      return isDefaultMessage(issue.message)
        ? `text that matches ${issue.pattern ?? issue.format}`
        : issue.message;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return [...new Set(issue.errors.flat().map((branch) => expectation(branch, found)))].join(' or ');
    default:
      return issue.message;
  }
}

function words(allowed: readonly string[], found: unknown): string {
  const list = allowed.map((word) => `'${word}'`);
  const choice = list.length === 1 ? list[0]! : `one of ${list.join(', ')}`;
  return choice + (typeof found === 'string' ? didYouMean(found, allowed) : '');
}

function limit(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const [word, bound] =
    issue.code === 'too_small'
      ? (['at least', issue.minimum] as const)
      : (['at most', issue.maximum] as const);
  if (issue.origin === 'array' || issue.origin === 'set') {
    return 'exact' in issue && issue.exact
      ? `exactly ${bound} entries`
      : `${word} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  }
  if (issue.origin === 'string')
    return bound === 1 ? 'text that is not empty' : `${word} ${bound} characters`;
  if (issue.inclusive === false)
    return issue.code === 'too_small' ? `more than ${bound}` : `less than ${bound}`;
  return `a number of ${word} ${bound}`;
}

function isDefaultMessage(message: string): boolean {
  return message.startsWith('Invalid ');
}

/** "'cpu': expected a number, found 'two'" */
export function describeIssue(issue: Issue, found: unknown): string {
  return `${label(issue.path)}expected ${expectation(issue, found)}, found ${describeValue(found)}`;
}

/** `'binds[0]': ` or nothing for the top of the file. */
function label(path: readonly PropertyKey[]): string {
  const at = path.findLastIndex((step) => typeof step === 'string');
  if (at < 0) return '';
  const indexes = path.slice(at + 1).map((index) => `[${String(index)}]`);
  return `'${String(path[at])}${indexes.join('')}': `;
}
