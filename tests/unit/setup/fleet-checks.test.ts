import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseEngineList } from '../../../harness/engine/engine-list.ts';
import { checksExitCode } from '../../../harness/setup/check.ts';
import { fleetChecks } from '../../../harness/setup/fleet-checks.ts';

/** Something that answers as an engine without an image, with these containers. @returns its address. */
async function answering(containers: readonly object[]): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hadrill-fleet-'));
  const answers: [RegExp, object][] = [
    [/\/version/, { Version: '26.1.5', ApiVersion: '1.45', Arch: 'amd64', KernelVersion: '6.1.0' }],
    [/\/info/, { ID: 'far', Name: 'lab2', NCPU: 8, MemTotal: 8e9, DockerRootDir: '/nonexistent' }],
    [/\/containers\/json/, containers],
    [/\/images\/json/, []],
  ];
  const server = createServer((request, response) => {
    const answer = answers.find(([asked]) => asked.test(request.url ?? ''))?.[1];
    response.statusCode = answer ? 200 : 404;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer ?? { message: 'no such thing' }));
  });
  const socket = path.join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return `unix://${socket}`;
}

const FABRIC = { State: 'running', Labels: { 'hadrill.lab': 'theirs', 'hadrill.node': 'fabric' } };

test('each engine has checks of its own: images that a run builds are no obstacle, a lab that is up is one', async () => {
  const [free, used] = [await answering([]), await answering([FABRIC])];
  const list = parseEngineList(`free=${free},used=${used},gone=unix:///nonexistent`);
  const checks = await fleetChecks(list, () => undefined);
  const found = (engine: string, name: string) =>
    checks.find((check) => check.engine === engine && check.name === name);
  expect(found('free', 'engine')).toMatchObject({ status: 'ok', detail: expect.stringContaining('8 cpus') });
  expect(found('free', 'images')).toMatchObject({
    status: 'limited',
    detail: expect.stringMatching(/a run builds those that its drill needs$/),
  });
  expect(found('free', 'vacant')).toMatchObject({ status: 'ok' });
  expect(found('used', 'vacant')).toMatchObject({
    status: 'missing',
    detail: "a lab is up already: 'theirs'",
  });
  expect(found('gone', 'engine')).toMatchObject({
    status: 'missing',
    detail: expect.stringContaining('ENOENT'),
  });
  const same = checks.find(({ name }) => name === 'engines');
  expect(same?.detail).toMatch(
    /^'free' .* and 'used' .* are one engine, on lab2, by its ID far: name it once$/,
  );
  expect(checksExitCode(checks)).toBe(3);
});
