import type { Frame } from '../observe/frame.ts';

/** Gets every frame of a trial's captures, in the order of a segment's frames; segments come one after the other. */
export interface FrameWatch {
  /** @param frame it, and its bytes, hold for this call alone: the next frame is in the same memory. */
  take(frame: Frame, segment: string): void;
}
