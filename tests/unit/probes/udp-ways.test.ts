import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { udp } from '../../../harness/probes/udp/udp.ts';
import { missingPython, ProbeProcess, scratch } from './probe-process.ts';

const suite = missingPython ? `udp, each way (skipped: ${missingPython})` : 'udp, each way';
const SEQ_AT = 12;
const OPTIONS = udp.options.parse({
  kind: 'udp',
  from: 'a',
  to: 'b',
  address: '198.18.0.1',
  interval: '5ms',
});
/** What is done to datagrams with these numbers, modulo 64, up to a number. */
const LAST = 192;
const DONE = { 5: 'twice', 17: 'held', 53: 'lost' } as const;
const DONE_BACK = { 29: 'twice', 41: 'held', 60: 'lost' } as const;

type Deed = 'twice' | 'held' | 'lost';

/** Passes datagrams on, and does to some what it should, counted. */
class Way {
  readonly did: Record<Deed, number> = { twice: 0, held: 0, lost: 0 };
  readonly #deeds: Readonly<Record<number, Deed>>;
  readonly #send: (message: Buffer) => void;
  #held: { message: Buffer; until: number } | undefined;

  constructor(deeds: Readonly<Record<number, Deed>>, send: (message: Buffer) => void) {
    this.#deeds = deeds;
    this.#send = send;
  }

  take(message: Buffer): void {
    const seq = Number(message.readBigUInt64BE(SEQ_AT));
    const deed = seq < LAST ? this.#deeds[seq % 64] : undefined;
    if (deed) this.did[deed] += 1;
    if (deed === 'held') this.#held = { message, until: seq + 2 };
    else if (deed !== 'lost') this.#send(message);
    if (deed === 'twice') this.#send(message);
    if (this.#held && seq >= this.#held.until) {
      this.#send(this.#held.message);
      this.#held = undefined;
    }
  }
}

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

// Starting Python takes seconds on a machine whose cores are taken away.
describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  test('what is doubled, held back and lost on a way is counted on that way, and exactly', async () => {
    const files = scratch();
    const epoch_ns = `${BigInt(Date.now()) * 1_000_000n}`;
    const server = { epoch_ns, address: '127.0.0.1', port: 0, output: files.path('udp-server.csv') };
    const [echo, listening] = await ProbeProcess.start('udp_echo', server);
    const [near, far] = [await bound(), await bound()];
    let client_port = 0;
    const there = new Way(DONE, (message) => far.send(message, listening.port as number, '127.0.0.1'));
    const back = new Way(DONE_BACK, (message) => near.send(message, client_port, '127.0.0.1'));
    near.on('message', (message, { port }) => {
      client_port = port;
      there.take(message);
    });
    far.on('message', (message) => back.take(message));
    const [client] = await ProbeProcess.start('udp_client', {
      ...{ epoch_ns, address: '127.0.0.1', port: near.address().port, interval_ns: 5_000_000 },
      ...{ late_ns: 200_000_000, output: files.path('udp.csv') },
    });
    await expect
      .poll(async () => (await client.ask('status')).sent, { timeout: 20_000 })
      .toBeGreaterThan(220);
    await sleep(50);
    await client.ask('stop');
    await echo.ask('stop');
    for (const socket of [near, far]) socket.close();
    const records = Object.fromEntries(
      ['udp.csv', 'udp-server.csv'].map((name) => [name, readFileSync(files.path(name))]),
    );
    const end_ns = 60_000_000_000;
    const { metrics } = udp.analyse('udp', OPTIONS, records, {
      ...{ fault_ns: 0, heal_ns: end_ns, healed_ns: end_ns, end_ns },
    });
    expect(there.did).toEqual({ twice: 3, held: 3, lost: 3 });
    expect(back.did).toEqual(there.did);
    expect(metrics).toMatchObject({
      ...{ to_server_lost: 3, to_server_duplicated: 3, to_server_reordered: 3 },
      ...{ to_client_lost: 3, to_client_duplicated: 3, to_client_reordered: 3 },
      ...{ ways_error: 0 },
    });
    expect(metrics.lost).toBe(6 + metrics.late_answers!);
  });
});
