import { createInterface } from 'node:readline';
import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachExec } from '../../harness/engine/attach-exec.ts';
import { connectEngine, type Engine } from '../../harness/engine/connect.ts';
import { ContainerGoneError } from '../../harness/engine/container-gone.ts';
import { debianBase } from '../../harness/engine/debian-base.ts';
import { execInContainer } from '../../harness/engine/exec-in-container.ts';
import { lastLogLines } from '../../harness/engine/last-log-lines.ts';
import { DeadlineError } from '../../harness/ground/errors.ts';
import { waitUntil } from '../../harness/ground/wait.ts';

let engine: Engine;
let image: string;
const made: Docker.Container[] = [];

async function start(script: string): Promise<Docker.Container> {
  const container = await engine.docker.createContainer({
    Image: image,
    Cmd: ['sh', '-c', script],
    Labels: { 'hadrill.lab': 'exec-test' },
    HostConfig: { NetworkMode: 'none' },
  });
  made.push(container);
  await container.start();
  return container;
}

let container: Docker.Container;

beforeAll(async () => {
  engine = await connectEngine();
  image = await debianBase(engine);
  container = await start('for i in 1 2 3 4 5; do echo line $i; echo error $i >&2; done; exec sleep 600');
});

afterAll(async () => {
  for (const one of made) await one.remove({ force: true }).catch(() => {});
});

test('a command gives its exit code and its two outputs apart', async () => {
  const script = 'echo "$WHO"; echo trouble >&2; id -u; exit 3';
  const result = await execInContainer(container, ['sh', '-c', script], {
    env: { WHO: 'mé' },
    user: 'nobody',
  });
  expect(result).toEqual({ exit_code: 3, stdout: 'mé\n65534\n', stderr: 'trouble\n' });
});

test('large output is complete', async () => {
  const { stdout } = await execInContainer(container, ['seq', '1', '200000']);
  expect(stdout.split('\n')).toHaveLength(200_001);
  expect(stdout.endsWith('\n200000\n')).toBe(true);
});

test('output is not kept without end', async () => {
  const run = execInContainer(container, ['head', '-c', '80000000', '/dev/zero']);
  await expect(run).rejects.toThrow('the command printed more than 64 MiB');
});

test('a command that is not there is a result', async () => {
  const result = await execInContainer(container, ['/no/such/command']);
  expect([126, 127]).toContain(result.exit_code);
});

test('a command that does not end tells its output so far', async () => {
  const run = execInContainer(container, ['sh', '-c', 'echo half; sleep 20'], { timeout_ms: 700 });
  const failure = await run.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DeadlineError);
  expect((failure as Error).message).toMatch(
    /waited 700 ms for the command to end: sh -c "echo half; sleep 20"/,
  );
  expect((failure as Error).message).toContain('| half');
});

test('an aborted signal ends the wait with its reason', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('enough')), 200);
  const run = execInContainer(container, ['sleep', '20'], { signal: stop.signal });
  await expect(run).rejects.toThrow('enough');
});

test('the last lines of a log, both outputs', async () => {
  const lines = (await lastLogLines(container, 10)).split('\n');
  expect(lines).toHaveLength(10);
  expect(lines).toEqual(expect.arrayContaining(['line 1', 'error 1', 'line 5', 'error 5']));
  expect((await lastLogLines(container, 3)).split('\n')).toHaveLength(3);
});

test('of a line that is longer than is held, the end', async () => {
  const endless = await start("head -c 3000000 /dev/zero | tr '\\0' x; echo the end; exec sleep 600");
  await waitUntil({
    what: 'all of it to be logged',
    timeout_ms: 20_000,
    check: async () => (await lastLogLines(endless)).endsWith('the end'),
  });
  const text = await lastLogLines(endless);
  expect(text.length).toBeGreaterThan(30_000);
  expect(text.length).toBeLessThanOrEqual(64_000);
  expect(text).toMatch(/^x+the end$/);
});

test('a relay: lines go in, lines come out, stderr and the exit code are kept', async () => {
  const relay = await attachExec(container, [
    'sh',
    '-c',
    'while read -r line; do echo "got $line"; done; echo bye >&2; exit 5',
  ]);
  const answers = createInterface({ input: relay.stdout })[Symbol.asyncIterator]();
  for (const word of ['one', 'two']) {
    relay.stdin.write(`${word}\n`);
    expect((await answers.next()).value).toBe(`got ${word}`);
  }
  relay.stdin.end();
  expect(await relay.exited).toBe(5);
  expect(relay.stderr()).toBe('bye\n');
});

test('a container that stops or is gone is told as such, and its log is a text', async () => {
  const doomed = await start('exec sleep 600');
  const relay = await attachExec(doomed, ['cat']);
  const running = execInContainer(doomed, ['sleep', '600']).catch((error: unknown) => error);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await doomed.kill();
  const ended = await running;
  // The engine may still report the command's own end (137) or only that the container stopped.
  if (ended instanceof Error) expect(ended).toBeInstanceOf(ContainerGoneError);
  else expect(ended).toMatchObject({ exit_code: 137 });
  expect([137, undefined]).toContain(await relay.exited);
  await expect(execInContainer(doomed, ['true'])).rejects.toBeInstanceOf(ContainerGoneError);
  await doomed.remove({ force: true });
  await expect(execInContainer(doomed, ['true'])).rejects.toThrow(/the container is gone: true/);
  await expect(attachExec(doomed, ['cat'])).rejects.toBeInstanceOf(ContainerGoneError);
  expect(await lastLogLines(doomed)).toBe('(no log: the container is gone)');
});

test('a relay whose container stops before it starts keeps no process from ending', async () => {
  const doomed = await start('exec sleep 600');
  const open = () => process.getActiveResourcesInfo().filter((what) => what === 'PipeWrap').length;
  const before = open();
  const exec = await doomed.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true });
  await doomed.kill();
  await doomed.wait();
  await expect(exec.start({ hijack: true, stdin: true })).rejects.toThrow(/not running|No such exec/);
  await waitUntil({
    what: 'no connection to be open any more',
    timeout_ms: 3000,
    check: () => open() <= before,
  });
});
