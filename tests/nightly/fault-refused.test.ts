import { expect, test } from 'vitest';
import { hadrill } from '../support/hadrill.ts';
import { freshLab, topologyFile } from '../support/labs.ts';

test('nothing is broken where the fabric could not heal it: it cannot reach the engine', async () => {
  const lab = freshLab('cut-off');
  // It gets this in place of the engine's socket.
  const env = { HADRILL_ENGINE_SOCKET: '/etc/hostname' };
  const up = await hadrill(['up', topologyFile('small'), '--name', lab], { env });
  expect(up, up.stderr).toMatchObject({ code: 0 });
  const { code, stderr } = await hadrill(['fault', lab, 'cut', 'a:eth1', '--for', '1s']);
  expect(code, stderr).toBe(3);
  expect(stderr).toMatch(
    new RegExp(
      `^hadrill: the fabric of lab '${lab}' cannot reach the engine any more: .+\n` +
        `what to do: take the lab down and up again: hadrill down ${lab}\n$`,
    ),
  );
  expect(stderr).not.toContain('cut of');
  expect((await hadrill(['down', lab])).code).toBe(0);
});
