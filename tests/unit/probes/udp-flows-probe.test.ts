import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missingPython, ProbeProcess, scratch } from './probe-process.ts';

const PERIOD_NS = 100_000_000;

interface Flow {
  id: number;
  mode: string;
  received: number;
  order_errors: number;
  ended: unknown;
}

function flowsIn(file: string): Flow[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as { sessions: Flow[] }).sessions;
}

test.skipIf(missingPython)(
  'flows in which the client or the server speaks, each heard on both sides',
  async () => {
    const folder = scratch();
    const [server, ready] = await ProbeProcess.start('udp_flow_server', {
      address: '127.0.0.1',
      port: 0,
      output: folder.path('server.json'),
    });
    const [client] = await ProbeProcess.start('udp_flow_client', {
      address: '127.0.0.1',
      port: ready.port,
      sessions: 4,
      period_ns: PERIOD_NS,
      connect_timeout_ns: 5_000_000_000,
      reconnect_ns: 0,
      give_up_ns: 0,
      output: folder.path('client.json'),
    });
    expect(await client.ask('status')).toMatchObject({ sessions: 4, open: 4, waiting: [] });
    await client.ask('stop');
    expect(await server.ask('status')).toMatchObject({ sessions: 4, strangers: 0 });
    await server.ask('stop');
    const ours = flowsIn(folder.path('client.json'));
    expect(ours.map(({ mode }) => mode)).toEqual([
      'client_first',
      'server_first',
      'client_first',
      'server_first',
    ]);
    for (const flow of [...ours, ...flowsIn(folder.path('server.json'))])
      expect(flow).toMatchObject({
        received: expect.toSatisfy((count) => count > 0),
        order_errors: 0,
        ended: null,
      });
  },
);
