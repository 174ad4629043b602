import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { missingPython } from '../probes/probe-process.ts';

const agent = new URL('../../../images/fabric/agent/', import.meta.url).pathname;

/** What the agent answers to each line. */
function answered(lines: readonly string[]): unknown[] {
  const script = [
    'import sys',
    'import answering, operations',
    'for line in sys.stdin.buffer:',
    '    sys.stdout.buffer.write(answering.answer(line, {"odd": lambda: {1, 2}}))',
  ].join('\n');
  const { stdout, stderr } = spawnSync('python3', ['-S', '-c', script], {
    input: `${lines.join('\n')}\n`,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: agent },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe.skipIf(missingPython !== undefined || process.platform !== 'linux')('whatever is asked', () => {
  test.each([
    ['no JSON', 'hello', { id: null, error: expect.stringMatching(/^a request is not JSON: hello /) }],
    ['an empty line', '', { id: null, error: expect.stringMatching(/^a request is not JSON: /) }],
    [
      'JSON without end',
      '['.repeat(200_000),
      { id: null, error: expect.stringMatching(/^a request is not JSON: /) },
    ],
    ['no object', '[1]', { id: null, error: 'a request is not an object: [1]' }],
    ['no op', '{"id":7}', { id: 7, error: 'a request lacks \'op\', the name of an operation: {"id":7}' }],
    ['an op that is not a name', '{"id":7,"op":[]}', { id: 7, error: expect.stringMatching(/lacks 'op'/) }],
    [
      'an unknown op',
      '{"id":7,"op":"x"}',
      { id: 7, error: "unknown operation 'x': no module that operations.py imports has it" },
    ],
    [
      'args that are not an object',
      '{"id":7,"op":"hello","args":5}',
      { id: 7, error: expect.stringMatching(/^TypeError in hello: /) },
    ],
    [
      'arguments of another operation',
      '{"id":7,"op":"hello","args":{"pid":1}}',
      { id: 7, error: expect.stringMatching(/^TypeError in hello: /) },
    ],
    [
      'what has a result that is not JSON',
      '{"id":7,"op":"odd"}',
      { id: 7, error: expect.stringMatching(/^the result cannot be written as JSON: /) },
    ],
  ])('%s: an error, and the next is answered', (_, line, expected) => {
    const next = '{"id":8,"op":"hello"}';
    expect(answered([line, next])).toEqual([
      expected,
      { id: 8, result: expect.objectContaining({ kernel: expect.any(String) }) },
    ]);
  });
});
