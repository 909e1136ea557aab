/** Copies of views whose elements lie apart, each made once. */
import { sizeOf } from '../../../dsl/value.js'
import { arena, type Memory, type Read } from './steps.js'
import { dense, runsTogether } from './views.js'

export class Copies {
  private readonly made = new Map<string, Read>()
  private readonly ids = new Map<Memory, number>()

  /** `copy` makes the step that fills the memory. */
  constructor(private readonly copy: (from: Read, to: Memory, order: number) => void) {}

  /** The same elements one after another. */
  together(r: Read, order: number): Read {
    if (runsTogether(r.view)) return r
    const id = this.ids.get(r.memory) ?? this.ids.size
    this.ids.set(r.memory, id)
    const key = [id, r.view.offset, r.view.shape.join(), r.view.strides.join()].join(';')
    const known = this.made.get(key)
    if (known) return known
    const memory = arena(r.memory.dtype, sizeOf(r.view.shape))
    this.copy(r, memory, order)
    const copied = { memory, view: dense(r.view.shape) }
    this.made.set(key, copied)
    return copied
  }
}
