import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { waitUntil } from '../../harness/ground/wait.ts';

/** Where Debian's openssh-server puts it: it wants to be started by its whole path. */
const SSHD = '/usr/sbin/sshd';
/** Of a process that tests need; undefined when it is there. */
export const noSshd = existsSync(SSHD) ? undefined : 'sshd is not installed (Debian: openssh-server)';

/** A port of the loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A certificate authority in a folder, and what it has signed. */
export class Authority {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(folder: string): Promise<Authority> {
    await mkdir(folder);
    await openssl(folder, [
      'req',
      '-x509',
      ...KEY,
      '-keyout',
      'ca-key.pem',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=tests',
    ]);
    return new Authority(folder);
  }

  get certificate(): string {
    return path.join(this.#folder, 'ca.pem');
  }

  /**
   * A folder with key.pem, cert.pem and this authority's ca.pem, as DOCKER_CERT_PATH wants it.
   * @param use `serverAuth` on 127.0.0.1, or `clientAuth`.
   */
  async sign(name: string, use: 'serverAuth' | 'clientAuth'): Promise<string> {
    const folder = path.join(this.#folder, name);
    await mkdir(folder);
    await openssl(folder, [
      'req',
      '-new',
      ...KEY,
      '-keyout',
      'key.pem',
      '-out',
      'asked.pem',
      '-subj',
      `/CN=${name}`,
    ]);
    await writeFile(path.join(folder, 'how'), `extendedKeyUsage=${use}\nsubjectAltName=IP:127.0.0.1\n`);
    const by = ['-CA', '../ca.pem', '-CAkey', '../ca-key.pem', '-set_serial', '1', '-days', '1'];
    await openssl(folder, ['x509', '-req', '-in', 'asked.pem', ...by, '-extfile', 'how', '-out', 'cert.pem']);
    await writeFile(path.join(folder, 'ca.pem'), await readFile(this.certificate));
    return folder;
  }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  await execa('openssl', args, { cwd, stdin: 'ignore' });
}

/** A key pair for SSH without a passphrase. @returns the private key's file; the public one's ends in `.pub`. */
export async function sshKey(folder: string, name: string): Promise<string> {
  const file = path.join(folder, name);
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  return file;
}

/**
 * Debian's own SSH server on a port of the loopback, with its defaults but for who may enter: this user with one key.
 * @param env what a login has in its environment.
 */
export async function startSshd(
  folder: string,
  key: string,
  env: Readonly<Record<string, string>>,
): Promise<{ port: number; end: () => Promise<void> }> {
  const port = await freePort();
  const host_key = await sshKey(folder, 'host');
  const config = path.join(folder, 'sshd_config');
  const log = path.join(folder, 'sshd.log');
  // It wants that folder for the child that is not root.
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  await appendFile(
    config,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${host_key}`,
      `AuthorizedKeysFile ${key}.pub`,
      // The folder is one of all users.
      'StrictModes no',
      'PasswordAuthentication no',
      'PidFile none',
      `SetEnv ${Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}`,
      '',
    ].join('\n'),
  );
  const server = spawn(SSHD, ['-D', '-f', config, '-E', log], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.on('exit', () => resolve()));
  await waitUntil({
    what: 'sshd to listen',
    timeout_ms: 10_000,
    check: async () => /Server listening/.test(await readFile(log, 'utf8').catch(() => '')),
  });
  return {
    port,
    end: async () => {
      server.kill('SIGTERM');
      await ended;
    },
  };
}
