import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

/**
 * The sample files of Debian's package keepalived, by name: downloaded by the distribution's own client and unpacked,
 * since images leave /usr/share/doc out.
 * @returns why there are none where Debian's archive, or apt, cannot be reached.
 */
export async function keepalivedSamples(): Promise<Map<string, string> | string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'keepalived-samples-'));
  try {
    const options = { cwd: folder, reject: false, timeout: 120_000, all: true } as const;
    const got = await execa('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', 'keepalived'], options);
    const file = (await readdir(folder)).find((name) => name.endsWith('.deb'));
    if (!file) return `apt-get download keepalived: ${got.all?.split('\n').at(-1) ?? got.shortMessage}`;
    const unpacked = await execa('dpkg-deb', ['-x', file, 'x'], options);
    if (unpacked.failed) return `dpkg-deb: ${unpacked.all ?? unpacked.shortMessage}`;
    const samples = path.join(folder, 'x/usr/share/doc/keepalived/samples');
    const names = (await readdir(samples)).filter((name) => name.startsWith('keepalived.conf')).toSorted();
    const texts = names.map(
      async (name) => [name, await readFile(path.join(samples, name), 'utf8')] as const,
    );
    return new Map(await Promise.all(texts));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
