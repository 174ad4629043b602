import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { shardOption } from '../../../harness/cli/shard-option.ts';
import { PACKAGE_ROOT } from '../../../harness/engine/package-root.ts';
import { hadrill } from '../../support/hadrill.ts';

const text = (name: string) => readFileSync(path.join(PACKAGE_ROOT, 'examples/fleet', name), 'utf8');
const FILES = ['gitlab.yml', 'buildkite.yml'];
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
});
