import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { FabricAgent } from '../../../harness/lab/agent.ts';

const HELLO = { epoch_ns: '1', now_ns: 2, kernel: '6.1' };

/** A connection whose other end says these lines, one to each request. */
async function connected(...lines: string[]): Promise<FabricAgent> {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const says = [JSON.stringify({ id: 1, result: HELLO }), ...lines];
  stdin.on('data', () => stdout.write(`${says.shift()}\n`));
  return FabricAgent.over({
    stdin,
    stdout,
    stderr: () => '',
    closed: new Promise<never>(() => undefined),
    close: () => undefined,
  });
}

test.each([
  ['null for a list', '{"id":2,"result":null}', /^the fabric's answer to 'alive' is not as expected: /],
  ['texts for numbers', '{"id":2,"result":["1"]}', /^the fabric's answer to 'alive' is not as expected: /],
  ['no result', '{"id":2}', /^the fabric's answer to 'alive' is not as expected: /],
  ['an error', '{"id":2,"error":"no such process"}', /^no such process$/],
  ['no JSON', 'Traceback', /^the fabric's agent sent a line that is not an answer: Traceback$/],
  [
    'an answer to nobody',
    '{"id":null,"error":"x"}',
    /^the fabric's agent sent a line that is not an answer: /,
  ],
])('%s: the request fails, as a matter of the environment', async (_, line, message) => {
  const agent = await connected(line);
  await expect(agent.call('alive', { pids: [1] })).rejects.toMatchObject({
    name: 'EnvironmentError',
    message: expect.stringMatching(message),
  });
});

test('an answer is what the operation gives, without what nobody knows', async () => {
  const agent = await connected('{"id":2,"result":{"data":"YQ==","size":1,"more":2}}');
  expect(await agent.call('read_file', { path: '/x', offset: 0 })).toEqual({ data: 'YQ==', size: 1 });
});
