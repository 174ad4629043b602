import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../../harness/engine/package-root.ts';

const read = (file: string) => readFileSync(path.join(PACKAGE_ROOT, file), 'utf8');
const find = (pattern: string) => globSync(pattern, { cwd: PACKAGE_ROOT }).toSorted();

const SHIPPED = find('topologies/*/*.drill.yml').map((file) => ({
  name: file.slice('topologies/'.length, -'.drill.yml'.length),
  control: /^control\b/.test((parse(read(file)) as { description: string }).description),
}));
const NAMES = SHIPPED.map(({ name }) => name);

/** The drills that a folder of tests runs: their names stand alone in quotes, as what is run. */
function runBy(folder: string): string[] {
  const text = find(`${folder}/*.ts`).map(read).join('\n');
  return NAMES.filter((name) => text.includes(`'${name}'`));
}

describe('every shipped drill is run', () => {
  test('at night, with many trials: by the workflow, which names no other', () => {
    const { jobs } = parse(read('.github/workflows/nightly.yml')) as Workflow;
    const named = jobs.drills.strategy.matrix.family.flatMap(({ drills }) => drills.trim().split(/\s+/));
    const missing = NAMES.filter((name) => !named.includes(name));
    expect(missing, 'drills that .github/workflows/nightly.yml does not name').toEqual([]);
    expect(named.toSorted()).toEqual(NAMES.toSorted());
  });

  const families = [...new Set(NAMES.map((name) => path.dirname(name)))].filter(
    // What `l3` runs with every change is the mechanism of `conntrack`, of which each drill shows more cells. `l2`,
    // `l2-router`, `lb-active`, `lb-ecmp` and `neutron` are all at night: with every change there is no time for it.
    (one) =>
      !['calibration', 'conntrack', 'l2', 'l2-router', 'lb-active', 'lb-ecmp', 'neutron'].includes(one),
  );
  test.each(families)('of %s at least one and one control with every change', (family) => {
    const now = SHIPPED.filter(({ name }) => path.dirname(name) === family).filter(({ name }) =>
      runBy('tests/chaos').includes(name),
    );
    const lacked = [false, true].filter((wanted) => !now.some(({ control }) => control === wanted));
    const words = lacked.map((control) => (control ? 'a control' : 'a drill that is not a control'));
    expect(words, `what tests/chaos does not run of ${family}`).toEqual([]);
  });
});

interface Workflow {
  jobs: { drills: { strategy: { matrix: { family: { drills: string }[] } } } };
}
