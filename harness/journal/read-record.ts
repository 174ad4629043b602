import { glob, stat } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { InputError, type InputProblem, messageOf, type Position } from '../ground/errors.ts';
import { codeOf, MIB, readRegularText } from '../ground/read-regular-file.ts';

/** Of a file that is wrong all over, not every field is reported. */
const MOST_PROBLEMS = 10;
const MOST_SUGGESTIONS = 3;
/** Far above the journal of 10,000 trials, and as much text as V8 takes in one piece (2^29 - 24 characters). */
const MAX_BYTES = 500 * MIB;

/**
 * Reads and checks one of the JSON records of a run.
 * @param what how messages call it: `journal`.
 * @param name the value that its field `schema` must have.
 * @throws InputError when there is none, it is not JSON, of another schema, or fields are missing or wrong.
 */
export async function readRecord<T>(
  file: string,
  what: string,
  name: string,
  shape: z.ZodType<T>,
): Promise<T> {
  return checkRecord(await readText(file, what), { file }, what, name, shape);
}

/**
 * The same of a record's text, which may be a line of a file.
 * @throws InputError with the position.
 */
export function checkRecord<T>(
  text: string,
  position: Position,
  what: string,
  name: string,
  shape: z.ZodType<T>,
): T {
  const data = parseJson(text, position);
  const schema = isMapping(data) ? data.schema : undefined;
  if (schema !== name) {
    const found = schema === undefined ? 'it names none' : `this is ${JSON.stringify(schema)}`;
    throw problem(position, `no ${what} that can be read: the schema must be '${name}', ${found}`);
  }
  return checkShape(data, position, shape);
}

/**
 * The same of what was a record's text, or a part of one.
 * @throws InputError with the position and the fields that are missing or wrong.
 */
export function checkShape<T>(data: unknown, position: Position, shape: z.ZodType<T>): T {
  const result = shape.safeParse(data, { reportInput: true });
  if (result.success) return result.data;
  throw new InputError(wordIssues(result.error.issues, position));
}

async function readText(file: string, what: string): Promise<string> {
  try {
    return readRegularText(file, { max_bytes: MAX_BYTES, what, no_link: true });
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw problem(file, await explainMissing(file, what, error), error);
  }
}

async function explainMissing(file: string, what: string, error: unknown): Promise<string> {
  const folder = path.dirname(file);
  const found = await stat(folder).catch(() => undefined);
  if (!found) return `there is no folder '${folder}'`;
  if (!found.isDirectory()) return `'${folder}' is not a folder; give the folder of one run`;
  if (codeOf(error) !== 'ENOENT') {
    return `the ${what} ${error instanceof InputError ? error.problems[0]!.message : messageOf(error)}`;
  }
  const runs = await runsBelow(folder);
  const near = runs.length > 0 ? `; below it there are runs: ${runs.join(', ')}` : '';
  return `the folder has no ${path.basename(file)}, so it is not that of a run${near}`;
}

/** The newest first: their names begin with the time. */
async function runsBelow(folder: string): Promise<string[]> {
  const runs: string[] = [];
  for await (const journal of glob('{*,*/*}/journal.json', { cwd: folder })) runs.push(path.dirname(journal));
  return runs
    .sort((a, b) => path.basename(b).localeCompare(path.basename(a)))
    .slice(0, MOST_SUGGESTIONS)
    .map((run) => path.join(folder, run));
}

function parseJson(text: string, whole: Position): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = /line (\d+) column (\d+)/.exec(messageOf(error));
    const { file } = whole;
    const inside = place && whole.line === undefined;
    const position = inside ? { file, line: Number(place[1]), column: Number(place[2]) } : whole;
    throw problem(position, `is not JSON: ${messageOf(error).replace(/\s+/g, ' ')}`, error);
  }
}

function wordIssues(issues: readonly z.core.$ZodIssue[], position: Position): InputProblem[] {
  const problems = issues.slice(0, MOST_PROBLEMS).map((issue) => ({ message: wordIssue(issue), position }));
  const more = issues.length - problems.length;
  if (more > 0) problems.push({ message: `and ${more} more of the kind`, position });
  return problems;
}

function wordIssue(issue: z.core.$ZodIssue): string {
  const where = pathText(issue.path);
  const wanted = issue.message.replace(/^Invalid (input|option): /, '').replace(/, received .*$/, '');
  if (issue.input === undefined) return `missing field '${where}': ${wanted}`;
  const found = isMapping(issue.input) ? 'a mapping' : JSON.stringify(issue.input).slice(0, 40);
  return `wrong field '${where}': ${wanted}, found ${found}`;
}

/** `trials[0].metrics["udp.outage_ms"]` */
function pathText(steps: readonly PropertyKey[]): string {
  return steps
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      return /^\w+$/.test(String(step)) ? `.${String(step)}` : `[${JSON.stringify(String(step))}]`;
    })
    .join('')
    .replace(/^\./, '');
}

function isMapping(data: unknown): data is { schema?: unknown } {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function problem(position: string | Position, message: string, cause?: unknown): InputError {
  return new InputError(
    [{ message, position: typeof position === 'string' ? { file: position } : position }],
    { cause },
  );
}
