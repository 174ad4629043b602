import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import pLimit from 'p-limit';
import type { ConnectConfig } from 'ssh2';

/** An SSH server refuses some of those who are logging in while ten others are (sshd_config(5), MaxStartups 10:30:100). */
const LOGINS_AT_ONCE = 5;
/** What passes its input and output on to the engine of the user who logged in. */
const COMMAND = 'docker system dial-stdio';
const MOST_WORDS = 2000;

type Taker = (error: Error | null, stream?: Duplex) => void;

/**
 * Connections to an engine behind SSH, each with a login of its own: few log in at a time, whatever is asked at once. The
 * client's own agent lets all of them log in, and a server with its usual settings refuses some.
 */
export class SshAgent extends Agent {
  readonly #config: ConnectConfig;
  readonly #logins = pLimit(LOGINS_AT_ONCE);

  constructor(config: ConnectConfig) {
    super();
    this.#config = config;
  }

  override createConnection(options: { signal?: AbortSignal }, take: Taker): undefined {
    this.#logins(() => dial(this.#config, options.signal)).then(
      (stream) => take(null, stream),
      (error: Error) => take(error),
    );
  }
}

/** Logs in, and starts the command. @throws what keeps it from that; the signal's reason. */
async function dial(config: ConnectConfig, signal?: AbortSignal): Promise<Duplex> {
  signal?.throwIfAborted();
  // Few engines are behind SSH, and loading takes longer than all else that a short command does.
  const { default: ssh2 } = await import('ssh2');
  const client = new ssh2.Client();
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const stop = () => {
    reject(signal?.reason);
    client.destroy();
  };
  signal?.addEventListener('abort', stop, { once: true });
  client.on('error', reject);
  client.once('close', () => reject(new Error('the SSH server has ended the connection')));
  client.once('ready', () =>
    client.exec(COMMAND, (error, stream) => {
      if (error) return reject(error);
      let words = '';
      stream.stderr.on('data', (piece: Buffer) => {
        words = (words + piece.toString()).slice(-MOST_WORDS);
      });
      stream.once('exit', (code: number | null) => {
        if (code) stream.emit('error', new Error(`'${COMMAND}' ended with ${code} there: ${words.trim()}`));
      });
      // Who asked listens too, for as long as there is no answer.
      stream.on('error', () => undefined);
      client.on('error', (lost) => stream.emit('error', lost));
      stream.once('close', () => client.end());
      resolve(stream);
    }),
  );
  try {
    client.connect(config);
    return await promise;
  } catch (error) {
    client.end();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
