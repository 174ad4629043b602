import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The licenses of the packages that these modules are from, as text: whoever passes on a bundle passes on these. */
export function bundledLicenses(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((module) => packageOf(module) ?? []));
  const parts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    ) as {
      name: string;
      version: string;
      license?: string;
    };
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    const text = file ? readFileSync(path.join(folder, file), 'utf8').trim() : 'no text in the package';
    return `${name} ${version}, ${license ?? 'license not named'}\n\n${text}\n`;
  });
  return `Parts of these packages are in the bundle.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** The folder of the package in node_modules that a module is from; undefined for one of this project. */
function packageOf(module: string): string | undefined {
  const found = /^(?:\0[a-z]+:)?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1];
  return found !== undefined && existsSync(path.join(found, 'package.json')) ? found : undefined;
}
