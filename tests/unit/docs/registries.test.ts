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

test.each([...faults.values()])('fault $kind has a section, with its options', ({ kind, options }) => {
  const section = page('docs/faults.md')
    .split(/^##+ /m)
    .find((one) => one.startsWith(`\`${kind}\``));
  expect(section).toBeDefined();
  for (const option of Object.keys(options)) expect(section).toContain(`\`${option}\``);
});

describe.each([...probes.values()])('probe $kind', ({ kind, metrics, options }) => {
  test('has its options in docs/drill-files.md', () => {
    const text = page('docs/drill-files.md');
    expect(text).toMatch(new RegExp(`^\\| \`${kind}\` +\\|`, 'm'));
    for (const option of Object.keys(options.shape).filter((name) => name !== 'kind')) {
      expect(text).toContain(`\`${option}\``);
    }
  });

  test('has its metrics in docs/reports.md', () => {
    for (const metric of Object.keys(metrics)) {
      expect(page('docs/reports.md')).toContain(`\`${kind}.${metric}\``);
    }
  });
});

test.each([...metricsOfDrill([]).keys()])('metric %s is in docs/reports.md', (metric) => {
  expect(page('docs/reports.md')).toContain(`\`${metric}\``);
});

const SCENARIO_PAGES = {
  dhcp: 'docs/dhcp.md',
  'dhcp-plain': 'docs/dhcp.md',
  lb: 'docs/load-balancing.md',
  metadata: 'docs/metadata.md',
};
const DRILLS = Object.entries(SCENARIO_PAGES).flatMap(([scenario, file]) =>
  globSync(`topologies/${scenario}/*.drill.yml`, { cwd: PACKAGE_ROOT }).map(
    (drill) => [drill, file] as const,
  ),
);

test.each(DRILLS)('drill %s is in %s', (drill, file) => {
  const name = path.basename(drill, '.drill.yml');
  expect(page(file)).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
});

test.each(Object.values(ExitCode))('exit code %i is in README.md', (code) => {
  expect(page('README.md')).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'));
});
