import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { type DhcpMessage, dhcpOf } from '../../../harness/observe/dhcp.ts';
import { frameOf } from '../observe/frames.ts';
import { missingPython } from './probe-process.ts';

const programs = new URL('../../../images/fabric/agent/probes/', import.meta.url).pathname;
const script = new URL('dhcp-simulation.py', import.meta.url).pathname;
/** The name of a suite of these tests. */
export const suite = missingPython
  ? `clients of the DHCP probe (skipped: ${missingPython})`
  : 'clients of the DHCP probe';
/** Types of messages. */
export const [OFFER, ACK, NAK] = [2, 5, 6];
/** Two servers. */
export const [A, B] = ['198.18.16.2', '198.18.16.3'];

/** To the frame of this number, so many ms after it: a message of a server. */
export type Answer = [frame: number, after_ms: number, kind: number, server: string, lease_s?: number];

export interface Sent extends DhcpMessage {
  at_ms: number;
}

/** Plays one client against servers that give these answers, without real time. */
export function simulate(client: string, answers: Answer[], until_ms: number, station = {}) {
  const input = JSON.stringify({ client, answers, until_ms, station });
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: programs };
  const { stdout, stderr } = spawnSync('python3', ['-S', script], { input, env, encoding: 'utf8' });
  expect(stderr).toBe('');
  const { sent, lines, held } = JSON.parse(stdout) as {
    sent: [number, string][];
    lines: string[];
    held: number;
  };
  const messages = sent.map(([at_ms, hex]): Sent => {
    const message = dhcpOf(frameOf([...Buffer.from(hex, 'hex')]));
    expect(message).toBeDefined();
    return { ...message!, at_ms };
  });
  return { sent: messages, lines: lines.map((line) => JSON.parse(line)), held };
}
/** When which messages were sent. */
export const timesOf = (sent: Sent[]) => sent.map(({ type, at_ms }) => [type, at_ms]);
