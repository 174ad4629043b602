import { childrenOf, descendantsOf, type XmlElement } from './xml.ts';

/** Finds what a configuration shares by reference: sets by `id-ref`, resources by `template`. */
export class CibIndex {
  readonly #byId = new Map<string, XmlElement>();

  constructor(configuration: XmlElement) {
    for (const element of descendantsOf(configuration)) {
      const { id } = element.attributes;
      const key = id === undefined ? undefined : keyOf(element.name, id);
      if (key !== undefined && !this.#byId.has(key)) this.#byId.set(key, element);
    }
  }

  /** What a resource leaves to its template; undefined when it has none. */
  template({ attributes: { template } }: XmlElement): XmlElement | undefined {
    return template === undefined ? undefined : this.#byId.get(keyOf('template', template));
  }

  /** Child elements of one name; those that only refer to another as that one. */
  sets(parent: XmlElement, name: string): XmlElement[] {
    return childrenOf(parent, name).map((set) => this.meant(set));
  }

  /** The element that one with `id-ref` refers to; itself without, and where that is not there. */
  meant(element: XmlElement): XmlElement {
    const other = element.attributes['id-ref'];
    return (other === undefined ? undefined : this.#byId.get(keyOf(element.name, other))) ?? element;
  }
}

/**
 * Where Pacemaker looks up what the sets of a resource refer to. The instances of a clone are copies of what is in it,
 * and Pacemaker 3.0 finds only what is in the copy: it ignores a reference that leads out of the clone.
 */
export class CibReferences {
  readonly #index: CibIndex;
  /** Of a resource in a clone: what is copied. */
  readonly #copied: readonly XmlElement[] | undefined;

  /** @param copied of a resource in a clone: the clone's child, and the template of the resource. */
  constructor(index: CibIndex, copied?: readonly XmlElement[]) {
    this.#index = index;
    this.#copied = copied;
  }

  /** As `CibIndex.meant`. */
  meant(element: XmlElement): XmlElement {
    return this.#index.meant(element);
  }

  /** Whether Pacemaker may not find what an element of the resource refers to. */
  isLost(element: XmlElement): boolean {
    const meant = this.#index.meant(element);
    return meant !== element && this.#copied?.every((one) => !contains(one, meant)) === true;
  }
}

function contains(outer: XmlElement, element: XmlElement): boolean {
  let at: XmlElement['parent'] | XmlElement = element;
  while (at && at !== outer) at = at.parent;
  return at === outer;
}

function keyOf(name: string, id: string): string {
  return `${name} ${id}`;
}
