import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { connectEngine, type Engine, EngineUnreachableError } from '../engine/connect.ts';
import type { OnProgress } from '../engine/follow-progress.ts';
import { CONTAINERS_GROUP, RUNTIME_FILE } from '../engine/realtime.ts';
import { DeadlineError, EnvironmentError, messageOf } from '../ground/errors.ts';
import { waitUntil } from '../ground/wait.ts';

/** Labs bring their own networks, so an engine started here makes no bridge and changes no packet filter or sysctl. */
const DOCKERD_ARGS = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'];
const LOG = '/var/log/hadrill-dockerd.log';
const PID = '/run/hadrill-dockerd.pid';
const START_TIMEOUT_MS = 60_000;

/**
 * Starts this machine's engine and waits until it answers.
 * @throws EnvironmentError with the daemon's last log lines when it does not within 60 s.
 */
export async function startEngine(by: 'systemd' | 'hand', onProgress: OnProgress): Promise<Engine> {
  return by === 'systemd' ? startBySystemd(onProgress) : startByHand(onProgress);
}

async function startBySystemd(onProgress: OnProgress): Promise<Engine> {
  onProgress('starting the engine (systemctl start docker)');
  const log = async () =>
    (await execa('journalctl', ['-u', 'docker', '-n', '15', '--no-pager'], { reject: false })).stdout;
  const started = await execa('systemctl', ['start', 'docker'], { reject: false, timeout: START_TIMEOUT_MS });
  if (started.failed)
    throw startFailed(started.stderr || started.shortMessage || 'systemctl failed', await log());
  return waitForEngine(() => undefined, log);
}

async function startByHand(onProgress: OnProgress): Promise<Engine> {
  onProgress(`starting the engine: dockerd ${DOCKERD_ARGS.join(' ')} (log: ${LOG})`);
  const log = openSync(LOG, 'a');
  // Detached: a session of its own, so that it outlives this process and its terminal.
  const daemon = spawn('dockerd', DOCKERD_ARGS, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  let ended: string | undefined;
  daemon.once('error', (error) => {
    ended = messageOf(error);
  });
  daemon.once('exit', (code, signal) => {
    ended = `dockerd ended (${signal ?? `exit ${code}`})`;
  });
  await Promise.race([once(daemon, 'spawn'), once(daemon, 'error')]).catch(() => {});
  if (daemon.pid !== undefined) await writeFile(PID, `${daemon.pid}\n`);
  const engine = await waitForEngine(() => ended, lastOwnLog);
  await openRealtime();
  daemon.unref();
  return engine;
}

/**
 * Lets containers of the engine that was started here have real time, where the kernel gives it out by groups:
 * without it probes are woken late on a busy machine, and more trials are unknown.
 */
async function openRealtime(): Promise<void> {
  const root = path.dirname(CONTAINERS_GROUP);
  const budget = await readFile(path.join(root, RUNTIME_FILE), 'utf8').catch(() => undefined);
  if (budget === undefined) return;
  try {
    await mkdir(CONTAINERS_GROUP, { recursive: true });
    // The machine itself keeps a share.
    await writeFile(path.join(CONTAINERS_GROUP, RUNTIME_FILE), `${Math.floor(Number(budget) * 0.95)}`);
  } catch {
    // Somebody else's groups have it: labs work without.
  }
}

async function lastOwnLog(): Promise<string> {
  const text = await readFile(LOG, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-15).join('\n');
}

async function waitForEngine(ended: () => string | undefined, log: () => Promise<string>): Promise<Engine> {
  let seen = '';
  try {
    return await waitUntil({
      what: 'the engine to answer',
      timeout_ms: START_TIMEOUT_MS,
      interval_ms: 200,
      lastSeen: () => seen,
      check: async () => {
        const end = ended();
        if (end !== undefined) throw startFailed(end, await log());
        return connectEngine().catch((error: unknown) => {
          if (!(error instanceof EngineUnreachableError)) throw error;
          seen = messageOf(error);
          return undefined;
        });
      },
    });
  } catch (error) {
    if (error instanceof DeadlineError) throw startFailed(messageOf(error), await log());
    throw error;
  }
}

function startFailed(reason: string, log: string): EnvironmentError {
  const lines = log.trim() === '' ? '' : `\nlast log lines:\n${log.trimEnd().replace(/^/gm, '  | ')}`;
  return new EnvironmentError(`the container engine does not start: ${reason.trim()}${lines}`, {
    remedy:
      'fix what the log reports, or point DOCKER_HOST at an engine that runs, then run `npm run setup` again',
  });
}
