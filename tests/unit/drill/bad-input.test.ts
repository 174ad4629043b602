import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { duration } from '../../../harness/cli/option-values.ts';
import { writtenFault } from '../../../harness/cli/written-fault.ts';
import { checkAgainstTopology } from '../../../harness/drill/check-drill.ts';
import { drillOf } from '../../../harness/drill/load-drill.ts';
import { drillContent } from '../../../harness/drill/read-drill.ts';
import { InputError, type InputProblem } from '../../../harness/ground/errors.ts';
import { type LoadedSystems, loadSystems } from '../../../harness/systems/load-systems.ts';
import { loadTopology } from '../../../harness/topology/load-topology.ts';
import type { Topology } from '../../../harness/topology/topology.ts';
import { parseYamlSource } from '../../../harness/topology/yaml-source.ts';
import { BAD_DRILLS, RIGHT, wrongOption } from './bad-drills.ts';

const FILE = path.resolve(import.meta.dirname, '../../../topologies/l3/own.drill.yml');
/** The seed is fixed: what is wrong today is not another thing tomorrow. */
const SEED = { seed: 2_026 };
/** Of a schema, not of a sentence for people; and what JavaScript says by itself. */
const RAW = /^(Invalid|Too|Unrecognized|Expected|Cannot read|Unexpected)\b|\[object |\bundefined\b/;
/** What was wanted, or what there is instead. */
const WANTED =
  /^YAML syntax: |names no variable|, not '|give |must|the shorter|expected|missing key|unknown|there (is|are) no|is not|takes|has no|needs|at most|cannot|either|first|older name|due at|duplicate|anchor|shorter|is from|is a |are |no meaning/;

let topology: Topology;
let systems: LoadedSystems;
beforeAll(async () => {
  topology = await loadTopology(path.join(path.dirname(FILE), 'l3.clab.yml'), { env: {} });
  systems = await loadSystems(topology, {});
});

/** What is wrong with a drill, as `loadDrill` finds it: without the file system, which is slow. */
function problemsOf(text: string): readonly InputProblem[] {
  const source = parseYamlSource(text, FILE, {});
  try {
    const content = drillContent(source);
    const drill = drillOf({ name: 'own', file: FILE, shipped: false, content }, 'default', {});
    return checkAgainstTopology(drill, topology, systems, source);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

function forPeople({ message }: InputProblem): void {
  expect(message).not.toMatch(RAW);
  expect(message).toMatch(WANTED);
  // A metric that there is not is told with all that there are.
  expect(message.length).toBeLessThan(6000);
}

test.each(Object.entries(RIGHT))('the drill that others change is right: %s', (_name, said) => {
  expect(problemsOf(stringify(said))).toEqual([]);
});

describe('a drill is refused with its line, and what was expected, for', () => {
  test.each(BAD_DRILLS)('%s', (_what, texts, numRuns) => {
    const bad = fc.property(texts, (text) => {
      const problems = problemsOf(text);
      expect(problems.length).toBeGreaterThan(0);
      const lines = text.split('\n');
      for (const problem of problems) {
        forPeople(problem);
        const { file, line, column } = problem.position!;
        expect(file).toBe(FILE);
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual(lines[line! - 1]!.length + 1);
      }
    });
    fc.assert(bad, { numRuns, ...SEED });
  });
});

/** The problems of what a command line says. */
function refused(kind: string, target: string, words: readonly string[]): readonly InputProblem[] {
  try {
    writtenFault(kind, target, words);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe('hadrill fault refuses, without a lab,', () => {
  test('an option that a fault does not take', () => {
    const bad = fc.property(wrongOption, ({ kind, target, options }) => {
      const problems = refused(
        kind,
        target,
        Object.entries(options).map(([name, value]) => `${name}=${value}`),
      );
      expect(problems.length).toBeGreaterThan(0);
      problems.forEach(forPeople);
    });
    fc.assert(bad, { numRuns: 300, ...SEED });
  });

  test('any other words, or takes them', () => {
    const words = fc.array(
      fc.oneof(fc.string(), fc.constantFrom('kind=frames', 'kind', '=', '==', '__proto__=1')),
    );
    const kind = fc.oneof(fc.string(), fc.constantFrom('cut', 'crash', 'loss', 'power-off', '__proto__'));
    const target = fc.oneof(fc.string(), fc.constantFrom('r1', 'r1:ha', 'host:node1', 'mastr(x)', 'r1/x'));
    const any = fc.property(kind, target, words, (...line) => refused(...line).forEach(forPeople));
    fc.assert(any, { numRuns: 300, ...SEED });
  });

  test.each([['kind=frames', 'kind=carrier'], ['kind'], ['=frames'], ['kind='], ['']])(
    '%j %j',
    (...words) => {
      expect(refused('cut', 'r1:ha', words)).toHaveLength(1);
    },
  );

  test.each(['', 'NaN', '-1', '1e9', '25h', '9'.repeat(400), 'Infinity', '3s 3s'])('--for %j', (text) => {
    expect(() => duration(text)).toThrow(/duration/);
  });
});
