import { expect, test } from 'vitest';
import { shardOption } from '../../../harness/cli/shard-option.ts';

test.each<[string, Record<string, string>, { number: number; of: number }]>([
  ['2/3', {}, { number: 2, of: 3 }],
  ['2/3', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '9' }, { number: 2, of: 3 }],
  // GitLab counts from 1, Buildkite and Kubernetes from 0.
  ['auto', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '4' }, { number: 2, of: 4 }],
  ['auto', { BUILDKITE_PARALLEL_JOB: '0', BUILDKITE_PARALLEL_JOB_COUNT: '4' }, { number: 1, of: 4 }],
  ['auto/5', { JOB_COMPLETION_INDEX: '4' }, { number: 5, of: 5 }],
  ['auto/5', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '4' }, { number: 2, of: 5 }],
])('%s with %j', (text, env, shard) => {
  expect(shardOption(text, env)).toEqual(shard);
});

test.each<[string, Record<string, string>, string]>([
  ['2', {}, 'it must be I/N'],
  ['0/3', {}, 'there is no shard 0 of 3'],
  ['4/3', {}, 'there is no shard 4 of 3'],
  ['1/0', {}, 'there is no shard 1 of 0'],
  ['x/3', {}, 'it must be I/N'],
  ['auto', {}, 'auto needs one of CI_NODE_INDEX, BUILDKITE_PARALLEL_JOB, JOB_COMPLETION_INDEX'],
  ['auto', { JOB_COMPLETION_INDEX: '1' }, 'JOB_COMPLETION_INDEX does not say of how many: give auto/N.'],
  ['auto', { CI_NODE_INDEX: 'two', CI_NODE_TOTAL: '4' }, "CI_NODE_INDEX is 'two', not a whole number"],
  ['auto', { CI_NODE_INDEX: '2' }, "CI_NODE_TOTAL is '', not a whole number"],
  ['auto/2', { CI_NODE_INDEX: '3' }, 'there is no shard 3 of 2'],
])('%s with %j is refused', (text, env, words) => {
  expect(() => shardOption(text, env)).toThrow(words);
});
