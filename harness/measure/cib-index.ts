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

function keyOf(name: string, id: string): string {
  return `${name} ${id}`;
}
