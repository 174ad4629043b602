import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { DockerOptions } from 'dockerode';
import { z } from 'zod';
import { EnvironmentError, messageOf } from '../ground/errors.ts';

/** Where the engine is, and how that was found out. */
export interface Endpoint {
  /** `unix:///var/run/docker.sock`, `tcp://host:2376`, `ssh://user@host`. */
  url: string;
  /** For messages: `DOCKER_HOST`, `--engines`, `docker context 'lab'` or `default`. */
  from: string;
  options: DockerOptions;
  /** The local socket's path; `undefined` for an engine that is reached over the network. */
  socket: string | undefined;
}

type Env = Record<string, string | undefined>;

const SYSTEM_SOCKET = '/var/run/docker.sock';

/**
 * The engine that the docker command would talk to: DOCKER_HOST, else DOCKER_CONTEXT or the current
 * context of its config.json, else the first socket that exists of the system's, Docker Desktop's and a
 * rootless engine's (docs.docker.com/engine/manage-resources/contexts).
 * @param said where DOCKER_HOST's value comes from, for messages.
 * @throws EnvironmentError when DOCKER_HOST or the context cannot be understood.
 */
export function resolveEndpoint(env: Env = process.env, said = 'DOCKER_HOST'): Endpoint {
  if (env.DOCKER_HOST) {
    const tlsDir = env.DOCKER_CERT_PATH || (env.DOCKER_TLS_VERIFY ? configDir(env) : undefined);
    return endpointOf(env.DOCKER_HOST, said, env, tlsDir);
  }
  const context = currentContext(env);
  if (context !== undefined) return contextEndpoint(context, env);
  const socket = defaultSocket(env);
  return { url: `unix://${socket}`, from: 'default', options: { socketPath: socket }, socket };
}

function defaultSocket(env: Env): string {
  const candidates = [SYSTEM_SOCKET, path.join(homedir(), '.docker/run/docker.sock')];
  if (env.XDG_RUNTIME_DIR) candidates.push(path.join(env.XDG_RUNTIME_DIR, 'docker.sock'));
  return candidates.find((candidate) => existsSync(candidate)) ?? SYSTEM_SOCKET;
}

function endpointOf(written: string, from: string, env: Env, tlsDir: string | undefined): Endpoint {
  const pipe = /^(?:unix|npipe):\/\/(.*)$/.exec(written);
  if (pipe) {
    const socket = pipe[1] || SYSTEM_SOCKET;
    return { url: written, from, options: { socketPath: socket }, socket };
  }
  const url = parseUrl(written, from);
  const options: DockerOptions = { host: url.hostname };
  if (url.protocol === 'ssh:') {
    options.protocol = 'ssh';
    options.username = decodeURIComponent(url.username) || env.USER;
    options.port = url.port || 22;
    options.sshOptions = sshKeys(env);
  } else {
    const tls = url.protocol === 'https:' || tlsDir !== undefined || url.port === '2376';
    options.protocol = tls ? 'https' : 'http';
    options.port = url.port || (tls ? 2376 : 2375);
    if (tlsDir !== undefined) Object.assign(options, readTls(tlsDir));
  }
  return { url: written, from, options, socket: undefined };
}

/** What SSH proves who it is with: the agent's keys, and the one of a file. */
function sshKeys({ SSH_AUTH_SOCK: agent, HADRILL_SSH_KEY: file }: Env): DockerOptions['sshOptions'] {
  const keys = agent ? { agent } : {};
  if (!file) return keys;
  try {
    return { ...keys, privateKey: readFileSync(file) };
  } catch (error) {
    throw new EnvironmentError(`the key for SSH cannot be read: ${messageOf(error)}`, {
      remedy: 'name the file of a private key without a passphrase, or give the key to ssh-agent',
      cause: error,
    });
  }
}

function parseUrl(written: string, from: string): URL {
  const text = written.includes('://') ? written : `tcp://${written}`;
  if (!/^(tcp|http|https|ssh):\/\//.test(text) || !URL.canParse(text)) {
    throw new EnvironmentError(`${from} is '${written}', which is not an engine address`, {
      remedy: 'write it like unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host',
    });
  }
  return new URL(text);
}

function readTls(folder: string): Pick<DockerOptions, 'ca' | 'cert' | 'key'> {
  const read = (name: string) => readFileSync(path.join(folder, name));
  try {
    return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  } catch (error) {
    throw new EnvironmentError(`the engine's TLS files cannot be read: ${messageOf(error)}`, {
      remedy: `put ca.pem, cert.pem and key.pem into ${folder}, or point DOCKER_CERT_PATH at them`,
      cause: error,
    });
  }
}

function configDir(env: Env): string {
  return env.DOCKER_CONFIG ?? path.join(homedir(), '.docker');
}

/** The name of the chosen context; `undefined` for the default one. */
function currentContext(env: Env): string | undefined {
  const name = env.DOCKER_CONTEXT || contextInConfig(path.join(configDir(env), 'config.json'));
  return name === 'default' ? undefined : name;
}

function contextInConfig(file: string): string | undefined {
  try {
    return z.object({ currentContext: z.string().optional() }).parse(JSON.parse(readFileSync(file, 'utf8')))
      .currentContext;
  } catch {
    // No such file, or one the docker command will complain about: the default context.
    return undefined;
  }
}

const contextMeta = z.object({ Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) });

function contextEndpoint(name: string, env: Env): Endpoint {
  const id = createHash('sha256').update(name).digest('hex');
  const folder = path.join(configDir(env), 'contexts');
  const tlsDir = path.join(folder, 'tls', id, 'docker');
  let host: string;
  try {
    const text = readFileSync(path.join(folder, 'meta', id, 'meta.json'), 'utf8');
    host = contextMeta.parse(JSON.parse(text)).Endpoints.docker.Host;
  } catch (error) {
    throw new EnvironmentError(`the docker context '${name}' cannot be read`, {
      remedy: 'choose another one with `docker context use`, or set DOCKER_HOST',
      cause: error,
    });
  }
  return endpointOf(host, `docker context '${name}'`, env, existsSync(tlsDir) ? tlsDir : undefined);
}
