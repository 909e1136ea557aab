/** The loop of a scan: the body's plan once a step, driven from the host. */
import { reachable, type Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import type { DType } from '../../dsl/tensor.js'
import { sizeOf } from '../../dsl/value.js'
import { concrete } from '../program.js'
import type { Device, Info } from './device.js'
import type { Emitter, Ref } from './emit.js'
import type { Plan } from './plan.js'

type Lower = (device: Device, inputs: readonly Node[], outputs: readonly Node[]) => Plan

/** Kernels are not made for arrays without elements. */
const nothing = (device: Device, shape: readonly number[], dtype: DType): Info => device.compute([], () => undefined, shape, dtype)

/** One step's part of a scanned input. */
const item = (device: Device, x: Info, t: number): Info => {
  const [steps, ...shape] = x.shape
  const row = sizeOf(shape)
  if (row === 0) return nothing(device, shape, x.dtype)
  if (device.loops) return device.compute([x], (out, [all]) => { out.set(all.subarray(t * row, (t + 1) * row)) }, shape, x.dtype)
  const rows = device.reshape(x, [steps, row])
  const part = device.kernel('Slice')({ x: rows }, { begin: [t, 0], size: [1, row] })
  const out = device.reshape(part, shape)
  device.free(rows)
  device.free(part)
  return out
}

/** Rows in the order of their steps as one array. */
const stack = (device: Device, rows: readonly Info[], node: Node): Info => {
  const row = sizeOf(concrete(node))
  const shape = [rows.length, ...concrete(node)]
  if (sizeOf(shape) === 0) return nothing(device, shape, node.dtype)
  if (rows.length === 1) return device.view(device.reshape(rows[0], shape), shape, node.dtype)
  const parts = rows.map(r => device.reshape(r, [1, row]))
  const joined = device.kernel('Concat')(parts, { axis: 0 })
  const out = device.reshape(joined, shape)
  parts.forEach(device.free)
  device.free(joined)
  return device.view(out, shape, node.dtype)
}

/** The carries that some used result depends on; the others need not be carried. */
const liveCarries = ({ body }: NodeOf<'scan'>['attrs'], used: ReadonlySet<number>): Set<number> => {
  const [nc, ny] = [body.carry.length, body.ys.length]
  const live = new Set([...body.carry.keys()].filter(i => used.has(i) || used.has(nc + ny + i)))
  const ys = body.ys.filter((_, i) => used.has(nc + i))
  for (let before = -1; before !== live.size;) {
    before = live.size
    const reached = new Set(reachable([...ys, ...[...live].map(i => body.next[i])]))
    body.carry.forEach((c, i) => { if (reached.has(c)) live.add(i) })
  }
  return live
}

/**
 * Lowers a scan with inputs at `refs`. Its results are the final carry, the ys, and the carry before each step; only those in `used` are
 * made.
 */
export const loop = (
  node: NodeOf<'scan'>, used: ReadonlySet<number>, refs: readonly Ref[], emit: Emitter, lower: Lower,
): readonly Ref[] => {
  const { device } = emit
  const { body, length, reverse } = node.attrs
  const steps = length as number
  const [nc, nx, ny] = [body.carry.length, body.xs.length, body.ys.length]
  const live = [...liveCarries(node.attrs, used)].sort((a, b) => a - b)
  const yAt = [...body.ys.keys()].filter(i => used.has(nc + i))
  const [carried, next] = [live.map(i => body.carry[i]), live.map(i => body.next[i])]
  const plan = lower(device, [...carried, ...body.xs, ...body.consts], [...next, ...yAt.map(i => body.ys[i])])
  /** What each step leaves behind: its ys, and the carry that it began with. */
  const kept = [...yAt.map(i => ({ result: nc + i, node: body.ys[i] })), ...live.map(i => ({ result: nc + ny + i, node: body.carry[i] }))]
  const run = (inputs: readonly Info[]): (Info | undefined)[] => {
    // All that is alive here and nowhere else, in case a kernel throws.
    const owned = new Set<Info>()
    const own = (info: Info): Info => {
      owned.add(info)
      return info
    }
    const free = (info: Info): void => {
      owned.delete(info)
      device.free(info)
    }
    try {
      let carry = live.map(i => own(device.share(inputs[i])))
      const rows: Info[][] = kept.map(() => [])
      for (let s = 0; s < steps; s++) {
        const t = reverse ? steps - 1 - s : s
        const xs = inputs.slice(nc, nc + nx).map(x => own(item(device, x, t)))
        const out = plan.run([...carry, ...xs, ...inputs.slice(nc + nx)]).map(own)
        xs.forEach(free)
        const left = [...out.slice(live.length), ...carry]
        left.forEach((r, i) => {
          if (used.has(kept[i].result)) rows[i].push(r)
          else free(r)
        })
        carry = out.slice(0, live.length)
      }
      const results: (Info | undefined)[] = []
      live.forEach((i, j) => { results[i] = carry[j] })
      kept.forEach(({ result, node: n }, i) => {
        if (!used.has(result)) return
        results[result] = own(stack(device, reverse ? rows[i].toReversed() : rows[i], n))
        rows[i].forEach(free)
      })
      return results
    } catch (e) {
      owned.forEach(device.free)
      throw e
    }
  }
  return emit.loop(refs, { run, release: plan.release }, (node.tuple ?? []).map(t => ({ shape: concrete(t), dtype: t.dtype })))
}
