import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from 'yaml';
import type { YamlPath } from './yaml-path.ts';

/** A document's nodes by path, through aliases and merge keys. */
export class YamlFinder {
  readonly #document: Document;
  readonly #aliased: ReadonlyMap<Alias, Node | undefined>;
  /** Pairs of mappings by their keys' texts, made when a mapping is first looked into. */
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

  constructor(document: Document) {
    this.#document = document;
    this.#aliased = aliasedNodes(document);
  }

  /** The top of the document is a mapping. */
  get isMapping(): boolean {
    return isMap(this.#document.contents && this.#resolve(this.#document.contents));
  }

  /** Where a key or value begins, in the text that was parsed; an enclosing key when there is no such path. */
  offsetOf(path: YamlPath, at: 'key' | 'value'): number {
    const { node, key, complete } = this.#find(path);
    const isEmpty = node === undefined || (isScalar(node) && node.value === null);
    const chosen = at === 'key' || !complete || isEmpty ? (key ?? node) : node;
    return chosen?.range?.[0] ?? 0;
  }

  /** A scalar as it is written, without quotes. */
  textOf(path: YamlPath): string | undefined {
    const { node, complete } = this.#find(path);
    const scalar = complete && node ? this.#resolve(node) : undefined;
    if (!isScalar(scalar)) return undefined;
    return typeof scalar.value === 'string' ? scalar.value : scalar.source;
  }

  /** Aliases whose anchor is not set before them. */
  danglingAliases(): { source: string; offset: number }[] {
    return [...this.#aliased].flatMap(([alias, node]) =>
      node ? [] : [{ source: alias.source, offset: alias.range?.[0] ?? 0 }],
    );
  }

  /** Keys that no program can keep as a name: JavaScript gives every object one of them. */
  unkeepableKeys(): { key: string; offset: number }[] {
    const found: { key: string; offset: number }[] = [];
    visit(this.#document, {
      Pair: (_key, { key }) => {
        if (isScalar(key) && key.value === '__proto__')
          found.push({ key: '__proto__', offset: key.range?.[0] ?? 0 });
      },
    });
    return found;
  }

  /** Keys that their mapping already has. */
  duplicateKeys(): { key: string; offset: number }[] {
    const duplicates: { key: string; offset: number }[] = [];
    visit(this.#document, {
      Map: (_key, map) => {
        const seen = new Set<unknown>();
        for (const { key } of map.items) {
          if (!isScalar(key)) continue;
          if (seen.has(key.value)) duplicates.push({ key: keyText(key), offset: key.range?.[0] ?? 0 });
          seen.add(key.value);
        }
      },
    });
    return duplicates;
  }

  #find(path: YamlPath): Found {
    let found: Found = { node: this.#document.contents ?? undefined, key: undefined, complete: true };
    for (const step of path) {
      const next = found.node && this.#child(this.#resolve(found.node), step, 0);
      if (!next) return { ...found, complete: false };
      found = { ...next, complete: true };
    }
    return found;
  }

  #child(parent: Node, step: string | number, depth: number): Child | undefined {
    if (isSeq(parent)) {
      const item = typeof step === 'number' ? (parent.items[step] as Node | undefined) : undefined;
      return item && { node: item, key: item };
    }
    if (!isMap(parent) || depth > MAX_MERGES) return undefined;
    const pairs = this.#pairsOf(parent);
    const pair = pairs.get(String(step));
    if (pair) return { node: (pair.value as Node | null) ?? undefined, key: pair.key as Node };
    if (!pairs.has('<<')) return undefined;
    for (const { key, value } of parent.items) {
      if (!isScalar(key) || keyText(key) !== '<<' || !value) continue;
      const merged = this.#resolve(value as Node);
      for (const source of isSeq(merged) ? (merged.items as Node[]) : [merged]) {
        const inherited = this.#child(this.#resolve(source), step, depth + 1);
        if (inherited) return inherited;
      }
    }
    return undefined;
  }

  /** Of a key given twice the last one counts. */
  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    let pairs = this.#pairs.get(map);
    if (!pairs) {
      pairs = new Map(
        map.items.flatMap((pair) => (isScalar(pair.key) ? [[keyText(pair.key), pair] as const] : [])),
      );
      this.#pairs.set(map, pairs);
    }
    return pairs;
  }

  #resolve(node: Node): Node {
    return isAlias(node) ? (this.#aliased.get(node) ?? node) : node;
  }
}

/** What every alias stands for: the last node before it that has its anchor. */
function aliasedNodes(document: Document): Map<Alias, Node | undefined> {
  const anchored = new Map<string, Node>();
  const aliased = new Map<Alias, Node | undefined>();
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) aliased.set(node, anchored.get(node.source));
      else if (node.anchor) anchored.set(node.anchor, node as Node);
    },
  });
  return aliased;
}

/** A mapping can merge itself by an alias: look no deeper than this. */
const MAX_MERGES = 20;

interface Child {
  node: Node | undefined;
  key: Node | undefined;
}

interface Found extends Child {
  /** Every step of the path was there. */
  complete: boolean;
}

function keyText(key: { value: unknown; source?: string }): string {
  // The value of a merge key is a symbol; its source is `<<`.
  return typeof key.value === 'symbol' ? (key.source ?? '<<') : String(key.value);
}
