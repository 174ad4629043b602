import { glob } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { expect, type TestContext } from 'vitest';

const FILTER = 'vrrp || arp || udp.port == 7001';

/** Another reader, tshark, takes every capture of a run of l3; a note of the test says so where there is none. */
export async function expectTsharkReads(context: TestContext, folder: string): Promise<void> {
  const captures: string[] = [];
  for await (const file of glob('trial-*/*.pcap.gz', { cwd: folder })) captures.push(file);
  expect([...new Set(captures.map((file) => path.basename(file)))].sort()).toEqual([
    'ha.pcap.gz',
    'inside.pcap.gz',
    'outside.pcap.gz',
  ]);
  const tshark = await execa('tshark', ['--version'], { reject: false });
  if (tshark.exitCode !== 0) {
    await context.annotate('there is no tshark here: nothing else has read the captures');
    return;
  }
  for (const file of captures) {
    const args = ['-r', path.join(folder, file), '-Y', FILTER];
    const read = await execa('tshark', args, { reject: false, maxBuffer: 1e9 });
    expect(read.exitCode, read.stderr).toBe(0);
    expect(read.stderr.replace(/^Running as user .*$/m, '').trim()).toBe('');
    expect(read.stdout).toMatch(file.endsWith('ha.pcap.gz') ? /VRRP/ : /UDP/);
  }
}
