import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { metricsOfDrill } from '../../../harness/analysis/metrics.ts';
import { PACKAGE_ROOT } from '../../../harness/engine/package-root.ts';
import { faults } from '../../../harness/faults/registry.ts';
import { ExitCode } from '../../../harness/ground/errors.ts';
import { probes } from '../../../harness/probes/registry.ts';

function page(name: string): string {
  return readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
}

/** Those of the names that the text does not have in backticks: the page itself would say nothing in a message. */
function lackedBy(text: string, names: readonly string[]): string[] {
  return names.filter((name) => !text.includes(`\`${name}\``));
}

/** Whether a table of the text has a row that begins with this cell. */
function hasRow(text: string, cell: string): boolean {
  return text.split('\n').some((line) => line.startsWith(`| ${cell} `));
}

test.each([...faults.values()])('fault $kind has a section, with its options', ({ kind, options }) => {
  const section = page('docs/faults.md')
    .split(/^##+ /m)
    .find((one) => one.startsWith(`\`${kind}\``));
  expect(section, `docs/faults.md has no section '### \`${kind}\`'`).toBeDefined();
  expect(lackedBy(section!, Object.keys(options)), 'options that the section does not name').toEqual([]);
});

describe.each([...probes.values()])('probe $kind', ({ kind, metrics, options }) => {
  test('has its options in docs/drill-files.md', () => {
    const text = page('docs/drill-files.md');
    expect(hasRow(text, `\`${kind}\``), `docs/drill-files.md has a row for \`${kind}\` under Probes`).toBe(
      true,
    );
    const names = Object.keys(options.shape).filter((name) => name !== 'kind');
    expect(lackedBy(text, names), 'options that docs/drill-files.md does not name').toEqual([]);
  });

  test('has its metrics in docs/reports.md', () => {
    const names = Object.keys(metrics).map((metric) => `${kind}.${metric}`);
    expect(lackedBy(page('docs/reports.md'), names), 'metrics that docs/reports.md does not name').toEqual(
      [],
    );
  });
});

test.each([...metricsOfDrill([]).keys()])('metric %s is in docs/reports.md', (metric) => {
  expect(lackedBy(page('docs/reports.md'), [metric])).toEqual([]);
});

const SCENARIO_PAGES = {
  conntrack: 'docs/conntrack.md',
  dhcp: 'docs/dhcp.md',
  'dhcp-plain': 'docs/dhcp.md',
  lb: 'docs/load-balancing.md',
  'lb-active': 'docs/active-active.md',
  'lb-ecmp': 'docs/active-active.md',
  metadata: 'docs/metadata.md',
};
const DRILLS = Object.entries(SCENARIO_PAGES).flatMap(([scenario, file]) =>
  globSync(`topologies/${scenario}/*.drill.yml`, { cwd: PACKAGE_ROOT }).map(
    (drill) => [drill, file] as const,
  ),
);

test.each(DRILLS)('drill %s is in %s', (drill, file) => {
  const name = path.basename(drill, '.drill.yml');
  expect(hasRow(page(file), `\`${name}\``), `${file} has a row for the drill \`${name}\``).toBe(true);
});

test.each(Object.values(ExitCode))('exit code %i is in README.md', (code) => {
  expect(hasRow(page('README.md'), String(code)), `README.md has a row for exit code ${code}`).toBe(true);
});
