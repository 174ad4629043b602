import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiMessage, apiStatus, systemCode } from '../../../harness/engine/api-status.ts';
import { EngineGoneError, EngineRefusalError, engineError } from '../../../harness/engine/engine-errors.ts';
import { loadDocker } from '../../../harness/engine/load-docker.ts';
import { translateErrors } from '../../../harness/engine/translate-errors.ts';
import { ExitCode, InputError } from '../../../harness/ground/errors.ts';

const ID = 'ab12'.repeat(16);
let folder = '';
let server: Server | undefined;

/** A client of something that answers on a socket like that. */
async function clientOf(answer: RequestListener, timeout_ms = 1000) {
  const socketPath = path.join(folder, 'engine.sock');
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(socketPath, resolve));
  const docker = new (await loadDocker())({ socketPath });
  translateErrors(docker, timeout_ms);
  return docker;
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('an error of talking to the engine', () => {
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hadrill-engine-'));
  });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true });
  });

  it('says what was asked and what was answered, and is unknown', async () => {
    const docker = await clientOf((_request, response) => {
      response.writeHead(404, { 'Content-Type': 'application/json' });
      response.end('{"message":"No such container: ab12"}\n');
    });
    const error = await failure(docker.getContainer(ID).inspect());
    expect(error).toBeInstanceOf(EngineRefusalError);
    expect(error).toMatchObject({
      exitCode: ExitCode.unknown,
      message: 'the engine answered 404 to GET /containers/ab12ab12ab12/json: No such container: ab12',
    });
    expect(apiStatus(error)).toBe(404);
    expect(apiMessage(error)).toBe('No such container: ab12');
  });

  it('names gc when the engine is not there any more', async () => {
    const docker = await clientOf((request) => request.socket.destroy());
    const error = await failure(docker.listContainers());
    expect(error).toBeInstanceOf(EngineGoneError);
    expect(error).toMatchObject({ exitCode: ExitCode.environment, code: 'ECONNRESET' });
    expect((error as EngineGoneError).remedy).toContain('hadrill gc');
    expect(systemCode(error)).toBe('ECONNRESET');
  });

  it('is the same when nobody listens', async () => {
    const docker = await clientOf(() => undefined);
    server?.close();
    await new Promise((resolve) => server?.once('close', resolve));
    expect(await failure(docker.ping())).toBeInstanceOf(EngineGoneError);
  });

  it('comes after a time when the engine is silent', async () => {
    const docker = await clientOf(() => undefined, 50);
    const error = await failure(docker.ping());
    expect(error).toMatchObject({ code: 'TIMEOUT' });
    expect((error as Error).message).toContain('no answer within 0.05 s');
  });

  it('leaves no connection open when an exec cannot be started', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const docker = await clientOf((request, response) => {
      closed = once(request.socket, 'close');
      response.writeHead(409, { 'Content-Type': 'application/json' });
      response.end('{"message":"Container ab12 is not running: Removal In Progress"}\n');
    });
    server!.keepAliveTimeout = 600_000;
    const started = docker.getExec(ID).start({ hijack: true, stdin: true });
    expect(await failure(started)).toMatchObject({ statusCode: 409 });
    await closed;
  });

  it('is the caller’s own when the caller gave up', async () => {
    const docker = await clientOf(() => undefined);
    const error = await failure(docker.listContainers({ abortSignal: AbortSignal.timeout(20) }));
    expect(error).not.toBeInstanceOf(EngineGoneError);
    expect((error as Error).name).toBe('AbortError');
  });

  it('is left alone when it is something else', () => {
    const question = { method: 'GET', path: '/_ping' };
    for (const other of [new InputError('wrong'), new TypeError('defect'), 'text', undefined])
      expect(engineError(other, question)).toBe(other);
  });
});
