import { z } from 'zod';
import { TRIAL_METRICS } from '../../harness/analysis/trial-metrics.ts';
import { audits } from '../../harness/audits/registry.ts';
import { drillDescription } from '../../harness/drill/drill-description.ts';
import { shippedDrill, shippedDrills } from '../../harness/drill/find-drill.ts';
import { faults } from '../../harness/faults/registry.ts';
import { ExitCode, exitMeanings } from '../../harness/ground/errors.ts';
import type { MetricDeclarations } from '../../harness/journal/metric.ts';
import { probes } from '../../harness/probes/registry.ts';
import { liveSystems } from '../../harness/systems/live.ts';
import { markdownTable } from './markdown-table.ts';

const HEAD = `# Reference

Written by \`node tools/reference/main.ts\` from what the program itself knows; \`hadrill list\` shows the same. What it
means is in [faults.md](faults.md), [drill-files.md](drill-files.md), [reports.md](reports.md) and
[exit-codes.md](exit-codes.md).`;

/** docs/reference.md, ends with a newline. */
export async function referenceText(): Promise<string> {
  const sections = [
    HEAD,
    `## Drills\n\n${await drillTable()}`,
    `## Faults\n\n${faultTable()}`,
    `## Targets\n\n${targetTable()}`,
    `## Probes\n\n${markdownTable(
      ['probe', 'what it does'],
      [...probes.values()].map(({ kind, summary }) => [code(kind), summary]),
    )}`,
    ...[...probes.values()].map(
      ({ kind, options, metrics }) =>
        `### \`${kind}\`\n\n${optionTable(options)}\n\n${metricTable(metrics, `${kind}.`)}`,
    ),
    '## Metrics of systems and trials\n\nThose of a probe are with the probe; `<probe>` there is its name in the drill.',
    ...liveSystems
      .filter(({ system }) => Object.keys(system.metrics).length > 0)
      .map(({ system: { name, metrics } }) => `### Of \`${name}\`\n\n${metricTable(metrics, '')}`),
    `### Of every trial\n\n${metricTable(TRIAL_METRICS, '')}`,
    `## Audits\n\n${markdownTable(
      ['audit', 'what must hold after every trial'],
      [
        ...[...audits.values()].map(({ name, summary = '' }) => [code(name), summary]),
        ...liveSystems.flatMap(({ system: { analysis } }) =>
          Object.entries(analysis?.audits ?? {}).map(([name, summary]) => [code(name), summary]),
        ),
      ],
    )}`,
    `## Exit codes\n\n${markdownTable(
      ['exit code', 'meaning'],
      Object.values(ExitCode).map((value) => [String(value), exitMeanings[value]]),
    )}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

async function drillTable(): Promise<string> {
  const rows = (await shippedDrills()).map(async (name) => [
    code(name),
    await drillDescription(shippedDrill(name)),
  ]);
  return markdownTable(['drill', 'what it is about'], await Promise.all(rows));
}

function faultTable(): string {
  return markdownTable(
    ['fault', 'what it does', 'targets', 'options'],
    [...faults.values()].map(({ kind, summary, targets, options }) => [
      code(kind),
      summary,
      targets.join(', '),
      Object.entries(options)
        .map(([name, meaning]) => `${code(name)}: ${meaning}`)
        .join('; '),
    ]),
  );
}

function targetTable(): string {
  const rows = liveSystems.flatMap(({ system, roles = {} }) =>
    Object.entries(roles).map(([word, { of }]) => [code(`${word}(${of})`), code(system.name)]),
  );
  return markdownTable(['role', 'of system'], rows);
}

interface OptionSchema {
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
}

function optionTable(options: z.ZodObject): string {
  const { properties = {}, required = [] } = z.toJSONSchema(options, {
    io: 'input',
    unrepresentable: 'any',
  }) as { properties?: Record<string, OptionSchema>; required?: string[] };
  const rows = Object.entries(properties)
    .filter(([name]) => name !== 'kind')
    .map(([name, said]) => [
      code(name),
      said.default === undefined
        ? required.includes(name)
          ? 'required'
          : ''
        : code(typeof said.default === 'string' ? said.default : JSON.stringify(said.default)),
      [said.enum?.map((one) => code(String(one))).join(', '), said.description].filter(Boolean).join(': '),
    ]);
  return markdownTable(['option', 'default', 'meaning'], rows);
}

const UNITS = { ms: 'ms', ratio: '0 to 1', per_s: '1/s', none: '' };

function metricTable(metrics: MetricDeclarations, prefix: string): string {
  const rows = Object.entries(metrics).map(([name, { meaning, unit }]) => [
    code(`${prefix}${name}`),
    UNITS[unit],
    meaning,
  ]);
  return markdownTable(['metric', 'unit', 'meaning'], rows);
}

function code(text: string): string {
  return `\`${text}\``;
}
