import { Address4 } from 'ip-address';
import { freeAddresses } from './free-addresses.ts';

/** What is taken for the length of a network where none is written. */
const USUAL_LENGTH = 24;

/** A network that all nodes of a pair are on, by an interface of the same name. */
export interface SharedNetwork {
  /** Of the interface, and of the bridge. */
  interface: string;
  /** Address of it, with length. */
  network: string;
  prefix_length: number;
  /** Node to its own address. */
  own: Map<string, string>;
  free(): string;
}

/** The networks that addresses of configuration files lie on. */
export class SharedNetworks {
  readonly all: SharedNetwork[] = [];
  readonly #taken = new Map<SharedNetwork, Set<string>>();

  /** @param said own addresses with length, by `NODE:INTERFACE`. */
  constructor(said: ReadonlyMap<string, string>) {
    for (const [place, text] of said) {
      const [node, name] = place.split(':') as [string, string];
      const [address, length] = text.split('/') as [string, string];
      this.take(address, Number(length), name).own.set(node, address);
    }
  }

  /** The network of an address. */
  of(address: string): SharedNetwork | undefined {
    return this.all.find(({ network }) => new Address4(address).isInSubnet(new Address4(network)));
  }

  /**
   * The network of an address that is taken; one that is not known yet is made.
   * @param name of its interface.
   */
  take(address: string, length: number | undefined, name: string): SharedNetwork {
    const network = this.of(address) ?? this.#make(address, length ?? USUAL_LENGTH, name);
    this.#taken.get(network)!.add(address);
    return network;
  }

  /**
   * Gives every node an address of its own wherever it has none.
   * @param found those that nodes were found with, by `NODE:INTERFACE`.
   */
  complete(nodes: readonly string[], found: ReadonlyMap<string, string> = new Map()): void {
    for (const [place, text] of found) {
      const [address, node] = [text.split('/')[0]!, place.split(':')[0]!];
      const network = this.of(address);
      if (!network || !nodes.includes(node) || network.own.has(node)) continue;
      network.own.set(node, address);
      this.#taken.get(network)!.add(address);
    }
    for (const network of this.all)
      for (const node of nodes) if (!network.own.has(node)) network.own.set(node, network.free());
  }

  #make(address: string, prefix_length: number, name: string): SharedNetwork {
    const taken = new Set<string>();
    const network = `${address}/${prefix_length}`;
    const names = new Set(this.all.map((one) => one.interface));
    let own = name;
    for (let number = 2; names.has(own); number++) own = `${name}${number}`;
    const made: SharedNetwork = {
      interface: own,
      network,
      prefix_length,
      own: new Map(),
      free: freeAddresses(network, taken),
    };
    this.all.push(made);
    this.#taken.set(made, taken);
    return made;
  }
}

/** `ADDRESSES` of a node. */
export function addressesOf(networks: readonly SharedNetwork[], node: string): string {
  return networks
    .flatMap(({ interface: name, own, prefix_length }) =>
      own.has(node) ? [`${name}=${own.get(node)}/${prefix_length}`] : [],
    )
    .join(' ');
}
