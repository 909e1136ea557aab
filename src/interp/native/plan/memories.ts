/** The memory of every node that has one, given when it is first asked for. */
import type { Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import { constantOf } from './constants.js'
import type { Place } from './places.js'
import type { Replacement } from './schedule.js'
import { arena, type Memory } from './steps.js'
import type { Target } from './targets.js'
import { isWhole } from './views.js'

/** What becomes of targets: those whose values are another memory's already are `copied` there at the end. */
export interface Claims {
  readonly copied: readonly Target[]
  readonly replacements: readonly Replacement[]
  readonly unchanged: ReadonlySet<Memory>
}

export class Memories {
  private readonly known: Map<Node, Memory>

  constructor(bound: ReadonlyMap<Node, Memory>) { this.known = new Map(bound) }

  of(root: Node): Memory {
    const known = this.known.get(root)
    if (known) return known
    const value = constantOf(root)
    const made: Memory = value ? { dtype: root.dtype, size: sizeOf(value.shape), home: { kind: 'constant', value } }
      : arena(root.dtype, sizeOf(concrete(root)))
    this.known.set(root, made)
    return made
  }

  /** Has targets computed where they are wanted, so far as they are the whole of a value that has no memory yet. */
  claim(targets: readonly Target[], placeOf: (n: Node) => Place): Claims {
    const replacements: Replacement[] = []
    const unchanged = new Set<Memory>()
    const copied = targets.filter(({ node, memory, over }) => {
      const { root, view } = placeOf(node)
      const whole = isWhole(view, sizeOf(concrete(root)))
      if (over && whole && this.known.get(root) === over) {
        unchanged.add(memory)
        return false
      }
      if (over) replacements.push({ to: memory, over })
      if (!whole || this.known.has(root) || constantOf(root)) return true
      this.known.set(root, memory)
      return false
    })
    return { copied, replacements, unchanged }
  }
}
