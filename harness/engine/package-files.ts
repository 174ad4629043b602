import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore from 'ignore';
import { type ImageFile, readImageFiles } from './image-files.ts';
import { PACKAGE_ROOT } from './package-root.ts';

const FOLDERS = ['dist', 'images', 'topologies'];
const FILES = ['package.json', 'LICENSE', 'harness/cli/bin.js', 'harness/setup/entry.js'];
/** What is in these folders of a checkout and is not the package's: results of runs, and declarations for compilers. */
const left_out = ignore().add([
  'types/',
  'results/',
  '.hadrill/',
  '*.tgz',
  '*.pcap',
  '*.pcapng',
  '*.pcap.gz',
]);

/**
 * What an image that carries hadrill has beside its own folder: `package/`, the package as it would be installed, without
 * texts for people, and `node`, the Node.js that runs this process. The latter is known by its version: reading it takes long.
 */
export async function packageFiles(root: string = PACKAGE_ROOT): Promise<ImageFile[]> {
  const folders = FOLDERS.filter((folder) => existsSync(path.join(root, folder)));
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await readImageFiles(path.join(root, folder)))
        .filter((file) => !left_out.ignores(file.path))
        .map((file) => ({ ...file, path: `package/${folder}/${file.path}` })),
    ),
  );
  const single = await Promise.all(
    FILES.map(async (name): Promise<ImageFile> => {
      const bytes = await readFile(path.join(root, name));
      return { path: `package/${name}`, kind: 'file', executable: name.endsWith('bin.js'), bytes };
    }),
  );
  const { version, arch, platform, execPath: from } = process;
  const bytes = Buffer.from(`node ${version} ${platform} ${arch}`);
  const node: ImageFile = { path: 'node', kind: 'file', executable: true, bytes, from };
  return [node, ...single, ...found.flat()];
}
