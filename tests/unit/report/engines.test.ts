import { expect, test } from 'vitest';
import { environmentOver, factsOnEngine } from '../../../harness/journal/engines-of-run.ts';
import type { EngineOfRun } from '../../../harness/journal/environment.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import { differencesOf } from '../../../harness/report/compare/differences.ts';
import { reportPage } from '../../../harness/report/html/report-page.ts';
import { describeEnvironment, repeatCommand } from '../../../harness/report/provenance.ts';
import { crashTrial, journalOf } from './journals.ts';

const engine = (name: string, machine: string, cpus: number): EngineOfRun => ({
  ...{ name, machine, cpus },
  kernel: `6.1-${machine}`,
  engine: 'docker 20.10.24',
  images: { fabric: `sha256:${name}` },
});
const LIST = 'a=unix:///a.sock,b=ssh://ops@lab2?key=/k';
const journal = journalOf(['a', 'b', 'b'].map((name, at) => ({ ...crashTrial(at + 1, 3300), engine: name })));
const over = environmentOver(journal.environment, [engine('a', 'lab1', 8), engine('b', 'lab2', 2)]);
const run = {
  ...journal,
  environment: over,
  command: { drill: 'l3/node-crash', out: '/r', environment: {}, engines: LIST, jobs: 2 },
};

test('a run over several engines says what all of them are', () => {
  expect(over).toMatchObject({ kernel: '6.1-lab1 and 6.1-lab2', engine: 'docker 20.10.24', cpus: 2 });
  expect(over.machine).toBeUndefined();
});

test('a trial is judged by the processors of its own engine', () => {
  const facts = { environment: over } as RunFacts;
  expect(factsOnEngine(facts, { engine: 'a' }).environment).toMatchObject({
    machine: 'lab1',
    cpus: 8,
    kernel: '6.1-lab1',
  });
  expect(factsOnEngine(facts, { engine: 'b' }).environment).toMatchObject({ machine: 'lab2', cpus: 2 });
  expect(factsOnEngine(facts, {})).toBe(facts);
});

test('the report names the engines, and the command that makes the run again has them', () => {
  expect(describeEnvironment(run)).toContain(
    'trials: 1 of engine a on lab1 (8 processors), 2 of engine b on lab2 (2 processors)',
  );
  expect(repeatCommand(run, '/')).toContain(`--jobs 2 --engines '${LIST}'`);
});

test('the page names the engine, or the machine, of each trial', () => {
  const of = (page: string, index: number) =>
    new RegExp(`<span id="trial-${index}">.*</summary>`).exec(page)?.[0];
  const page = reportPage(run);
  expect(of(page, 1)).toContain('(engine a)');
  expect(of(page, 3)).toContain('(engine b)');
  const merged = reportPage(journalOf([{ ...crashTrial(1, 3300), machine: 'lab1' }, crashTrial(2, 3300)]));
  expect(of(merged, 1)).toContain('(lab1)');
  expect(of(merged, 2)).not.toContain('(');
});

test('other engines are a difference between two runs', () => {
  expect(differencesOf(journal, run)).toContain('engines: none -> a (lab1), b (lab2)');
  expect(differencesOf(run, run)).toEqual([]);
});
