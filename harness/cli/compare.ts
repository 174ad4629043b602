import { cleanLines } from '../ground/clean-text.ts';
import { ExitCode, InputError } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import type { Verdict } from '../journal/journal.ts';
import { type Comparison, compareRuns } from '../report/compare/comparison.ts';
import { comparisonText } from '../report/compare/comparison-text.ts';
import { counterpart, findSides } from '../report/compare/find-sides.ts';
import type { Command } from './context.ts';

interface CompareOptions {
  base: string;
  now: string;
  json?: boolean;
}

/** A run beside an earlier one, or every drill of a folder for results beside those of another. */
export const compare: Command<CompareOptions> = async (context, { base, now, json = false }) => {
  const [before, after] = await Promise.all([findSides(base), findSides(now)]);
  for (const sentence of [...before.skipped, ...after.skipped]) context.say(sentence);
  const compared: Comparison[] = [];
  const verdicts: Verdict[] = [];
  for (const side of after.sides) {
    const other = counterpart(before, side.journal);
    if (other) compared.push(compareRuns(other, side));
    else {
      verdicts.push('unknown');
      context.say(
        `${side.journal.drill} (profile ${side.journal.profile}): there is no run of it in ${base}`,
      );
    }
  }
  const drills = new Set(after.sides.map(({ journal }) => journal.drill));
  for (const { journal } of before.sides.filter((side) => !after.single && !drills.has(side.journal.drill))) {
    verdicts.push('unknown');
    context.say(`${journal.drill}: there is no run of it any more in ${now}`);
  }
  if (compared.length === 0) throw new InputError(`${base} and ${now} have no drill in common`);
  const [only] = compared;
  const document = compared.length === 1 ? only : compared;
  context.out(json ? jsonText(document) : cleanLines(compared).map(comparisonText).join('\n'));
  verdicts.push(...compared.map(({ verdict }) => verdict));
  const worst = (['fail', 'unknown', 'pass'] as const).find((verdict) => verdicts.includes(verdict))!;
  return ExitCode[worst];
};
