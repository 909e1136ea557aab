/** Runs a plan: kernels in order, each value given back right after its last use. */
import type { Device, Info } from './device.js'
import type { Emitter, Instruction, Ref } from './emit.js'

/** A plan with its constants on the device. */
export interface Plan {
  /** Values at the plan's inputs stay the caller's; the results are the caller's to free. */
  run(inputs: readonly Info[]): Info[]
  release(): void
}

interface Step { readonly instruction: Instruction; readonly after: readonly number[] }

/** Slots that can go after each instruction: those read or written there and not needed later. */
const lastUses = (instructions: readonly Instruction[], kept: ReadonlySet<number>): Step[] => {
  const seen = new Set(kept)
  const steps: Step[] = []
  for (const instruction of [...instructions].reverse()) {
    const after = [...new Set([...instruction.reads, ...instruction.writes])].filter(s => !seen.has(s))
    after.forEach(s => seen.add(s))
    steps.push({ instruction, after })
  }
  return steps.reverse()
}

/** Instructions that some result needs. */
const needed = (instructions: readonly Instruction[], results: readonly Ref[]): Instruction[] => {
  const wanted = new Set(results.map(r => r.slot))
  const kept: Instruction[] = []
  for (const i of [...instructions].reverse()) {
    if (!i.writes.some(w => wanted.has(w))) continue
    i.reads.forEach(r => wanted.add(r))
    kept.push(i)
  }
  return kept.reverse()
}

const execute = (device: Device, instruction: Instruction, slots: (Info | undefined)[]): void => {
  const { infos, reads, writes } = instruction
  for (let i = 0; i < reads.length; i++) infos[i].dataId = (slots[reads[i]] as Info).dataId
  if (instruction.kind === 'kernel') slots[writes[0]] = instruction.kernel(instruction.inputs, instruction.attrs)
  else if (instruction.kind === 'compute') slots[writes[0]] = device.compute(infos, instruction.f, instruction.shape, instruction.dtype)
  else if (instruction.kind === 'host') slots[writes[0]] = device.upload(instruction.f(infos.map(device.downloadNow)))
  else if (instruction.kind === 'look') {
    instruction.f(device.look(infos[0]))
    slots[writes[0]] = device.share(infos[0])
  } else instruction.loop.run(infos).forEach((v, i) => { slots[writes[i]] = v })
}

/** Fixes the order of a plan and the end of each value's life. Inputs and constants are never freed by a run. */
export const plan = (emit: Emitter, inputs: readonly Ref[], outputs: readonly Ref[]): Plan => {
  const { device } = emit
  const instructions = needed(emit.instructions, outputs)
  const used = new Set([...instructions.flatMap(i => i.reads), ...outputs.map(o => o.slot)])
  const constants = [...emit.constants].filter(([s]) => used.has(s)).map(([s, v]) => [s, device.upload(v)] as const)
  const borrowed = new Set([...inputs.map(r => r.slot), ...constants.map(([s]) => s)])
  const steps = lastUses(instructions, new Set([...borrowed, ...outputs.map(o => o.slot)]))
  return {
    run: given => {
      const slots: (Info | undefined)[] = []
      constants.forEach(([s, info]) => { slots[s] = info })
      inputs.forEach((r, i) => { slots[r.slot] = given[i] })
      const free = (s: number): void => {
        const info = slots[s]
        if (info) device.free(info)
        slots[s] = undefined
      }
      try {
        for (const { instruction, after } of steps) {
          execute(device, instruction, slots)
          after.forEach(free)
        }
      } catch (e) {
        slots.forEach((_, s) => { if (!borrowed.has(s)) free(s) })
        throw e
      }
      // Two results may be one value, and a result may be an input or a constant: each gets a reference of its own.
      const taken = new Set<number>()
      return outputs.map(({ slot, shape, dtype }) => {
        const info = slots[slot] as Info
        if (borrowed.has(slot) || taken.has(slot)) return device.view(device.share(info), shape, dtype)
        taken.add(slot)
        return device.view(info, shape, dtype)
      })
    },
    release: () => {
      constants.forEach(([, info]) => device.free(info))
      emit.instructions.forEach(i => { if (i.kind === 'loop') i.loop.release() })
    },
  }
}
