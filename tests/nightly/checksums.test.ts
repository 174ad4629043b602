import { expect, test } from 'vitest';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { engine, freshLab, topologyFile } from '../support/labs.ts';

const B = '198.18.1.2';

/** Reads the wire as a switch in user space does: through a packet socket. */
const READ = [
  'timeout',
  '30',
  'tcpdump',
  '-l',
  '-n',
  '-vv',
  '-i',
  'eth1',
  '-c',
  '2',
  'src host 198.18.1.1 and (udp or tcp)',
];
/** A datagram and a SYN, until the reader has begun and has both. */
const SEND = `for n in 1 2 3 4 5 6; do echo frame | nc -u -q0 -w1 ${B} 9; nc -z -w1 ${B} 9; sleep 1; done; true`;

test('what a node sends onto a wire has a finished checksum', async () => {
  const lab = await up(engine, await loadTopology(topologyFile('small')), { name: freshLab('checksums') });
  try {
    const [read] = await Promise.all([lab.exec('b', READ), lab.exec('a', ['sh', '-c', SEND])]);
    expect(read).toMatchObject({ exit_code: 0 });
    expect(read.stdout).toMatch(/udp sum ok/);
    expect(read.stdout).toMatch(/cksum 0x[0-9a-f]+ \(correct\)/);
    expect(read.stdout).not.toMatch(/bad udp cksum|incorrect/);
  } finally {
    lab.disconnect();
  }
});
