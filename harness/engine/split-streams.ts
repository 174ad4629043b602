import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';

/**
 * Takes apart what the engine sends over one connection (containers and execs without a terminal). Both
 * streams end when the connection does. Read both, or what is unread stays in memory.
 */
export function splitStreams(
  container: Docker.Container,
  connection: NodeJS.ReadableStream,
): { stdout: PassThrough; stderr: PassThrough } {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  container.modem.demuxStream(connection, stdout, stderr);
  const end = () => {
    if (!stdout.writableEnded) stdout.end();
    if (!stderr.writableEnded) stderr.end();
  };
  connection.once('end', end);
  connection.once('close', end);
  connection.once('error', end);
  return { stdout, stderr };
}
