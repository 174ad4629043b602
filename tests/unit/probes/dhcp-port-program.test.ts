import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sleep } from '../../../harness/ground/wait.ts';
import { dhcpRecordsOf } from '../../../harness/probes/dhcp/dhcp-records.ts';
import { missingPython, type ProbeEvent, ProbeProcess, scratch } from './probe-process.ts';

/** Why the program cannot send here, or undefined when it can. */
const silent: string | undefined = (() => {
  if (missingPython) return missingPython;
  const open = 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)';
  return spawnSync('python3', ['-S', '-c', open]).status === 0 ? undefined : 'no capability NET_RAW';
})();

const PROGRAM = 'dhcp_port_client';
const MAC = '02:fe:00:00:00:07';
/** No server answers on the loopback. */
const params = { interface: 'lo', retransmit_ns: 100e6, give_up_ns: 300e6 };

async function failure(change: object): Promise<unknown> {
  const output = scratch().path('ports.jsonl');
  const [probe, line] = await ProbeProcess.start(PROGRAM, { ...params, output, ...change });
  expect(line.event).toBe('error');
  expect(await probe.exited).toBe(1);
  expect(probe.stderr).toBe('');
  return line.message;
}

/** One that is ready, with the folder of its output. */
async function ready(change: object = {}) {
  const files = scratch();
  const output = files.path('ports.jsonl');
  const epoch_ns = String(BigInt(Date.now()) * 1_000_000n);
  const [probe, line] = await ProbeProcess.start(PROGRAM, { ...params, epoch_ns, output, ...change });
  expect(line).toMatchObject({ event: 'ready', now_ns: expect.any(Number) });
  return { probe, files, output };
}

function say(probe: ProbeProcess, command: object): Promise<ProbeEvent> {
  probe.child.stdin?.write(`${JSON.stringify(command)}\n`);
  return probe.next();
}

async function untilOver(probe: ProbeProcess): Promise<void> {
  while (((await probe.ask('status')).running as number[]).length > 0) await sleep(20);
}

const records = (output: string) => dhcpRecordsOf({ ports: readFileSync(output) }, 'ports');

describe.skipIf(missingPython)(
  missingPython ? `dhcp_port_client (skipped: ${missingPython})` : 'dhcp_port_client',
  { timeout: 30_000 },
  () => {
    it.each([
      ['how often to ask', { retransmit_ns: 1 }, /^parameter retransmit_ns is 1, expected an integer from 1/],
      ['when to give up', { give_up_ns: '1s' }, /^parameter give_up_ns is "1s", expected an integer from 1/],
      ['the interface', { interface: 7 }, /^parameter interface is 7, expected a text$/],
      ['the epoch', { epoch_ns: 0 }, /^parameter epoch_ns is 0, expected a decimal string of nanoseconds$/],
      ['the output', { output: '/nonexistent/ports.jsonl' }, /^cannot write \/nonexistent\/ports\.jsonl/],
      // Without the capability for packet sockets that is what is wrong first.
      ['which interface', { interface: 'nowhere' }, /^(there is no interface nowhere|a packet socket needs)/],
    ])('says which parameter is wrong: %s', async (_, change, message) => {
      expect(await failure(change)).toMatch(message);
    });
  },
);

describe.skipIf(silent)(
  silent ? `dhcp_port_client on a link (skipped: ${silent})` : 'dhcp_port_client on a link',
  { timeout: 30_000 },
  () => {
    it('ends at once at the end of stdin and leaves no file', async () => {
      const { probe, files } = await ready();
      await say(probe, { op: 'exchange', mac: MAC, seq: 0 });
      probe.child.stdin?.end();
      expect(await probe.exited).toBe(0);
      expect(probe.stderr).toBe('');
      expect(readdirSync(files.root)).toEqual([]);
    });

    it('begins an exchange when it is asked to, and tells which ones run', async () => {
      const { probe, output } = await ready();
      expect(await probe.ask('status')).toEqual({ event: 'status', running: [] });
      const begun = await say(probe, { op: 'exchange', mac: MAC, seq: 7 });
      expect(begun).toEqual({ event: 'begun', seq: 7, at_ns: expect.any(Number) });
      await say(probe, { op: 'exchange', mac: '02:fe:00:00:00:08', seq: 3 });
      expect(await probe.ask('status')).toEqual({ event: 'status', running: [3, 7] });
      await untilOver(probe);

      expect(await probe.ask('stop')).toMatchObject({ event: 'result', output, dropped: 0, send_errors: {} });
      expect(await probe.exited).toBe(0);
      const { exchanges, requests, rates, dropped } = records(output);
      expect({ requests, rates, dropped }).toEqual({ requests: [], rates: [], dropped: 0 });
      expect(exchanges.map(({ seq, end, ack }) => [seq, end, ack])).toEqual([
        [3, 'failed', null],
        [7, 'failed', null],
      ]);
      const { discovers_ns: sent, ...rest } = exchanges[1]!;
      expect(rest).toMatchObject({ port_address: '0.0.0.0', offers: [], requests_ns: [], naks: [] });
      expect(sent[0]).toBe(begun.at_ns);
      // RFC 2131 section 4.1: after 100 ms, and 200 ms after that it is time to give up.
      expect(sent).toHaveLength(2);
      expect(sent[1]! - sent[0]!).toBeGreaterThanOrEqual(100e6);
    });

    it('records one that was still waiting when it was stopped', async () => {
      const { probe, output } = await ready({ give_up_ns: 60e9 });
      await say(probe, { op: 'exchange', mac: MAC, seq: 0 });
      await probe.ask('stop');
      expect(records(output).exchanges).toMatchObject([{ seq: 0, end: 'open', ack: null }]);
    });

    it('stopped before anything was asked of it, it has an empty record', async () => {
      const { probe, output } = await ready();
      await probe.ask('stop');
      expect(records(output)).toMatchObject({ exchanges: [], requests: [] });
    });

    it.each([
      ['no MAC', { seq: 0 }, 'an exchange needs a MAC and a number, not None and 0'],
      ['letters', { mac: 'nobody', seq: 0 }, "an exchange needs a MAC and a number, not 'nobody' and 0"],
      ['no number', { mac: MAC }, `an exchange needs a MAC and a number, not '${MAC}' and None`],
    ])('says what is wrong with an exchange: %s', async (_, command, message) => {
      const { probe } = await ready();
      expect(await say(probe, { op: 'exchange', ...command })).toEqual({ event: 'error', message });
      expect(await probe.exited).toBe(1);
    });

    it('refuses an unknown command, and names those that there are', async () => {
      const { probe } = await ready();
      expect((await say(probe, { op: 'dance' })).message).toMatch(
        /^unknown command .* expected \{"op": "status"\} or \{"op": "stop"\} or \{"op": "exchange"\}$/,
      );
      expect(await probe.exited).toBe(1);
    });
  },
);
