import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import Docker from 'dockerode';
import { expect, onTestFinished, test } from 'vitest';
import { attachAll } from '../../../harness/engine/attach-container.ts';

/** A server at a socket of its own, and a container of the client's behind it. */
async function listening(server: ReturnType<typeof createServer>): Promise<Docker.Container> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-attach-'));
  const socketPath = path.join(folder, 's');
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return new Docker({ socketPath }).getContainer('ab12');
}

test('what is asked when a container is attached to has no body, which Podman would hand to the container', async () => {
  const server = createServer();
  const asked = new Promise<{ url: string | undefined; after: () => string; socket: Duplex }>((resolve) => {
    server.on('upgrade', ({ url }, socket, head) => {
      let said = head.toString();
      socket.on('data', (chunk) => {
        said += chunk;
      });
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
      resolve({ url, after: () => said, socket });
    });
  });
  const connection = await attachAll(await listening(server));
  const { url, after, socket } = await asked;
  expect(url).toBe('/containers/ab12/attach?stream=true&stdin=true&stdout=true&stderr=true');
  connection.end('{"id":1}\n');
  await new Promise((resolve) => socket.once('end', resolve));
  expect(after()).toBe('{"id":1}\n');
});

test('a refusal has the words of the engine', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(409, { 'Content-Type': 'application/json' }).end('{"message":"cannot be run"}');
  });
  await expect(attachAll(await listening(server))).rejects.toThrow(/409.*cannot be run/);
});
