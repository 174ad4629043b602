import type { Engine } from '../engine/connect.ts';
import type { EnsureOptions } from '../engine/ensure-images.ts';
import { imagesOfNodes } from '../engine/image-of-node.ts';
import { InputError, type Position } from '../ground/errors.ts';

/** An image that a fault has nodes run, and where that is written. */
export interface FaultImage {
  image: string;
  /** Of the fault. */
  kind: string;
  position: Position;
}

/**
 * Has the engine have the images of faults: `hadrill/NAME` is built when it is missing, any other one pulled.
 * @throws InputError with the place of each that exists nowhere; EnvironmentError when one exists but cannot be had.
 */
export async function requireImages(
  engine: Engine,
  images: readonly FaultImage[],
  options: EnsureOptions = {},
): Promise<void> {
  for (const { image, kind, position } of images) {
    try {
      await imagesOfNodes(engine, [{ name: `of the fault '${kind}'`, image }], options);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(
        error.problems.map(({ message }) => ({ message, position })),
        { cause: error },
      );
    }
  }
}
