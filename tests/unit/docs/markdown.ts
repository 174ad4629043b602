import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_ROOT } from '../../../harness/engine/package-root.ts';

const NOT_OURS = ['node_modules', 'dist', 'results', 'coverage', '.git'];

/** One of the project's Markdown files. */
export interface Page {
  /** From the project's root. */
  file: string;
  text: string;
}

/** Every Markdown file of the project. */
export function pages(): Page[] {
  const files = globSync(['*.md', '*/**/*.md', '.*/**/*.md'], {
    cwd: PACKAGE_ROOT,
    exclude: (name) => NOT_OURS.includes(name.split(path.sep)[0]!),
  });
  return files.sort().map((file) => ({ file, text: readFileSync(path.join(PACKAGE_ROOT, file), 'utf8') }));
}

/** The text without what is quoted as code. */
function prose(text: string): string {
  return text.replace(/^( *)(```+|~~~+)[\s\S]*?^\1\2 *$/gm, '').replace(/`[^`\n]*`/g, '');
}

/** Targets of the links in a page, as written; images and reference definitions among them. */
export function linkTargets(text: string): string[] {
  const inline = [...prose(text).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const references = [...prose(text).matchAll(/^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$/gm)];
  return [...inline, ...references].map((match) => match[1]!);
}

/** Anchors of the headings in a page, made as GitHub makes them; a repeated one gets -1, -2, ... */
export function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  const bare = text.replace(/^( *)(```+|~~~+)[\s\S]*?^\1\2 *$/gm, '');
  for (const [, heading] of bare.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const words = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    found.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return found;
}

/** Paths of this project that a page names in backticks, with a placeholder or pattern in none of them. */
export function namedPaths(text: string): string[] {
  const named = [...text.matchAll(/`((?:harness|images|topologies|tests|docs|\.ci|\.github)\/[^`\s]*)`/g)];
  return named.map((match) => match[1]!).filter((name) => /^[\w./-]+$/.test(name) && !/[A-Z]{2}/.test(name));
}
