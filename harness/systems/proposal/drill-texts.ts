import { stringify } from 'yaml';

/** Options of a probe. */
type ProbeOptions = Readonly<Record<string, string | number | readonly string[]>>;

/** What of a proposal its drills and its test are made of. */
export interface ProposedDrill {
  /** Of the lab. */
  name: string;
  /** What fails, for people: `the node that is master of vi-1`. */
  victim: string;
  /** Target of the crash. */
  target: string;
  probe: { name: string; options: ProbeOptions };
  /** Lines below `expect:`, without indentation. */
  expect: readonly string[];
  /** What the control breaks before that, so that nobody is left to take over. */
  first: { kind: string; target: string; words: string };
  /** A line below `expect:` of the control, which must fail: what holds only if somebody takes over. */
  must_fail: string;
  /** Lines of the test after the trial. */
  claims: readonly string[];
  /** Of the control: how long somebody may take to take over. */
  control_hold: string;
}

/** The drills and the test, by path. */
export function drillTexts(drill: ProposedDrill): [string, string][] {
  return [
    ['node-crash.drill.yml', crashDrill(drill)],
    ['control.drill.yml', controlDrill(drill)],
    ['failover.test.ts', testText(drill)],
  ];
}

function crashDrill({ name, victim, target, probe, expect }: ProposedDrill): string {
  return `# Made by hadrill init.
description: ${victim} loses its power, and comes back
topology: ${name}.clab.yml
probes:
  ${probe.name}: ${inYaml(probe.options)}
fault: { kind: crash, target: "${target}" }
expect:
${expect.map((line) => `  ${line}\n`).join('')}`;
}

function controlDrill({
  name,
  victim,
  target,
  probe,
  first,
  must_fail,
  control_hold,
}: ProposedDrill): string {
  return `# Made by hadrill init. The control: it must fail (exit code 1), for nobody is left to take over. If it passes, the drill beside it
# proves nothing.
description: "control: ${first.words} when ${victim} loses its power; this must fail"
topology: ${name}.clab.yml
probes:
  ${probe.name}: ${inYaml(probe.options)}
faults:
  - { kind: ${first.kind}, target: "${first.target}" }
  - { kind: crash, target: "${target}" }
hold: ${control_hold}
expect:
  ${must_fail}
`;
}

function testText({ name, target, probe, claims }: ProposedDrill): string {
  return `// Made by hadrill init. Timeouts are in ms: a lab is built in seconds, a trial takes 10 to 60 s.
import { test } from 'hadrill/vitest';
import { expect } from 'vitest';

const probes = { ${probe.name}: ${inTypescript(probe.options)} } as const;

test('a node loses its power, and clients are served again', { timeout: 300_000, retry: 1 }, async ({ hadrill }) => {
  const lab = await hadrill.openLab(\`\${import.meta.dirname}/${name}.clab.yml\`);
  const trial = await hadrill.measure(lab, { name: '${name}/crash', probes });
  await trial.fault('crash', '${target}');
  const result = await trial.result();
${claims.map((line) => `  ${line}\n`).join('')}});
`;
}

function inYaml(options: ProbeOptions): string {
  return stringify(options, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}

function inTypescript(options: ProbeOptions): string {
  const word = (value: unknown) => JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ');
  return `{ ${Object.entries(options)
    .map(([name, value]) => `${name}: ${word(value)}`)
    .join(', ')} }`;
}
