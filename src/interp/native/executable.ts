/** A loaded program as an executable: small values go in and out through memory that stays bound, large ones where they lie. */
import type { Node } from '../../dsl/core/node.js'
import { TypegradError } from '../../dsl/errors.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import type { Executable, Program } from '../engine.js'
import { checkState, splitEnds } from '../ends.js'
import { outsideError } from '../js/positions.js'
import { concrete } from '../program.js'
import { releasable } from '../releasable.js'
import { bytesOf, copyOf, readable, unwritten, zeros, type Workspace } from './memory.js'
import { inputSlot, layOut, outputSlot, read as readers, type States } from './state.js'
import type { Addon, LoadedProgram, TypedArray } from './toolchain/addon.js'
import { Turns } from './turns.js'

/** Above this many bytes binding an array to its slot is quicker than copying it. */
const small = 4096
/** Runs end at once and their promises with them: after this many milliseconds timers and signals get a turn. */
const patience = 20
let lastTurn = 0

const turn = <T>(result: T, now: number): Promise<T> => {
  if (now - lastTurn < patience) return Promise.resolve(result)
  return new Promise(resolve => setImmediate(() => {
    lastTurn = performance.now()
    resolve(result)
  }))
}

/**
 * After a run of so many milliseconds the next one goes to another thread: JavaScript reads the next batch, answers and hears signals
 * meanwhile. Shorter runs stay: that another thread takes over cost up to three milliseconds a run on the virtual machines it was tried on,
 * more than a batch takes to read.
 */
const long = 100

/** An end that the caller sees. */
interface End {
  readonly node: Node
  readonly shape: readonly number[]
  readonly size: number
  readonly slot: number
  /** Its memory here, when it is small or what the caller gave could not be read where it lay. */
  own: TypedArray | null
}

/** Refuses state that a run that stopped has left half replaced. */
const halfReplaced = (what: string): TypegradError =>
  new TypegradError('engine', `native: ${what}: the run before stopped and left the state half replaced; call write first`)

/** What an executable is made of. */
export interface Parts {
  readonly addon: Addon
  readonly workspace: Workspace
  readonly threads: number
  readonly constants: Uint8Array
  readonly inPlace: readonly boolean[]
  /** Loads the program, so many times: each has slots of its own. */
  readonly load: (sets: number) => Promise<readonly LoadedProgram[]>
}

const stopped = (e: unknown): TypegradError => {
  const { message, code } = e as { readonly message: string; readonly code?: string }
  if (code !== 'outside') return new TypegradError('engine', `native: the program stopped: ${message}`)
  const [op, position, size] = message.split(' ')
  return outsideError(op, Number(position), Number(size))
}

/**
 * The executable of a loaded program. A run that stops leaves state that lies in place half replaced: `run` and `read` then reject until it
 * is written anew.
 *
 * @throws TypegradError of kind `engine` when the program does not compile
 */
export const nativeExecutable = async (program: Program, parts: Parts): Promise<Executable> => {
  const { addon, workspace, threads } = parts
  const { inputs, outputs, resident } = program
  const ends = splitEnds(program)
  const end = (node: Node, slot: number): End => ({
    node, slot, shape: concrete(node), size: sizeOf(concrete(node)),
    own: bytesOf(node) <= small ? zeros(addon, node.dtype, sizeOf(concrete(node))) : null,
  })
  const given = ends.given.map(i => end(inputs[i], inputSlot(i)))
  const returned = ends.returned.map(i => end(outputs[i], outputSlot(program, i)))
  const constants = zeros(addon, 'bool', parts.constants.length)
  constants.set(parts.constants)
  // A slot is an address: what lies there must be reachable from here for as long as the program may run, or a run is under way.
  const kept: { constants: TypedArray | null; given: readonly Value[] } = { constants, given: [] }
  // Laid out now to know how many sets of slots there are; states take memory when the first ones are written.
  const { slots: { length: count } } = layOut(program, parts.inPlace, () => new Uint8Array(0))
  const sets = [...await parts.load(count)]
  const work: (TypedArray | null)[] = sets.map(() => null)
  for (const set of sets) {
    set.bind(1, constants)
    for (const { slot, own } of [...given, ...returned]) if (own !== null) set.bind(slot, own)
  }
  let states: States | null = null
  let odd = 0
  const overwrites = readers(program).some(({ input, output }, i) =>
    output !== null && parts.inPlace[i] && outputs[output] !== inputs[input])
  /** Whether the last run stopped and may have written over some state. */
  let half = false

  const take = (set: LoadedProgram, e: End, { data }: Value): void => {
    if (bytesOf(e.node) > small && readable(e.node.dtype, data)) return set.bind(e.slot, data)
    e.own ??= zeros(addon, e.node.dtype, e.size)
    e.own.set(data)
    if (bytesOf(e.node) > small) set.bind(e.slot, e.own)
  }
  const turns = new Turns()
  /** Milliseconds of the last run; what the first one will take nobody knows. */
  let took = Infinity

  /** Binds what a run reads and writes; gives the arrays that its results come in. */
  const bind = (values: readonly Value[]): TypedArray[] => {
    ends.check(values, states === null ? 0 : resident.length)
    if (half) throw halfReplaced('run')
    const set = sets[odd]
    for (let i = 0; i < given.length; i++) take(set, given[i], values[i])
    if (work[odd] !== workspace.array) set.bind(0, work[odd] = workspace.array)
    return returned.map(e => {
      if (e.own !== null) return e.own
      const data = unwritten(addon, e.node)
      set.bind(e.slot, data)
      return data
    })
  }
  const stop = (e: unknown): never => {
    half = overwrites
    throw stopped(e)
  }
  /** What a run that has ended gives. */
  const results = (fresh: readonly TypedArray[]): Value[] => {
    if (states !== null) for (const { from, to } of states.copies[odd]) to.set(from)
    odd = (odd + 1) % sets.length
    return returned.map((e, i) => ({ shape: e.shape, dtype: e.node.dtype, data: e.own === null ? fresh[i] : copyOf(fresh[i]) }))
  }
  const run = (values: readonly Value[]): Promise<Value[]> => {
    const fresh = bind(values)
    const began = performance.now()
    try {
      sets[odd].run(threads)
    } catch (e) {
      return stop(e)
    }
    const now = performance.now()
    took = now - began
    return turn(results(fresh), now)
  }
  const start = async (values: readonly Value[]): Promise<Value[]> => {
    const fresh = bind(values)
    kept.given = values
    took = await sets[odd].start(threads).catch(stop)
    kept.given = []
    return results(fresh)
  }
  const write = (values: readonly Value[]): void => {
    checkState(program, values)
    if (states === null) {
      const made = layOut(program, parts.inPlace, input => zeros(addon, inputs[input].dtype, sizeOf(concrete(inputs[input]))))
      sets.forEach((set, i) => { made.slots[i].forEach((array, slot) => { set.bind(slot, array) }) })
      states = made
    }
    half = false
    const current = states.values[odd]
    values.forEach((v, i) => { current[i].set(v.data) })
  }
  if (resident.length === 0) write([])
  return releasable({
    run: values => turns.take(async () => took < long ? run(values) : start(values), took >= long),
    write: values => turns.take(async () => { write(values) }, false),
    read: () => turns.take(async () => {
      if (half) throw halfReplaced('read')
      return (states?.values[odd] ?? []).map((data, i) => {
        const { dtype, shape } = inputs[resident[i].input]
        return { shape: concrete({ shape }), dtype, data: copyOf(data) }
      })
    }, false),
    release: () => turns.take(async () => {
      sets.splice(0).forEach(set => { set.close() })
      states = null
      kept.constants = null
    }, false),
  })
}
