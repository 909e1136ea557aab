import { describe, expect, it } from 'vitest'
import { constant } from '../../src/dsl/core/build.js'
import { foldIn, hostKey, key, splitKey, type Key } from '../../src/dsl/keys.js'
import { tensorOf } from '../../src/dsl/ops/typed.js'
import { numbers } from './values.js'

const words = (k: Key): number[] => numbers(k)

describe('keys', () => {
  it('gives the same bits on the host as in expressions', () => {
    expect([...hostKey(42)]).toEqual(words(key(42)))
    expect([...hostKey(42, 'step')]).toEqual(words(splitKey(key(42), 'step').step))
    expect([...hostKey(42, 'step', 7)]).toEqual(words(foldIn(splitKey(key(42), 'step').step, 7)))
    expect([...hostKey(-3n, 1, 'a', 2 ** 31 - 1)]).toEqual(words(foldIn(splitKey(foldIn(key(-3n), 1), 'a').a, 2 ** 31 - 1)))
  })

  it('folds a number that is known only at run time like a literal', () => {
    const n = tensorOf<[], 'int32'>(constant({ shape: [], dtype: 'int32', data: Int32Array.of(9) }))
    expect(words(foldIn(key(1), n))).toEqual(words(foldIn(key(1), 9)))
  })

  it('does not confuse neighbouring seeds and numbers', () => {
    const paths = [[], [0], [1], [2], ['a'], ['b'], ['a', 'b'], ['b', 'a']]
    const all = [0, 1, 2, 3].flatMap(seed => paths.map(path => [seed, ...path]))
    expect(new Set(all.map(([seed, ...path]) => hostKey(seed as number, ...path).join())).size).toBe(all.length)
  })

  it('takes seeds of any size and refuses fractions and equal names', () => {
    expect(words(key(2n ** 40n))).not.toEqual(words(key(2n ** 41n)))
    expect(() => key(0.5)).toThrow('key: 0.5 is not a whole number')
    expect(() => foldIn(key(0), 0.5)).toThrow('foldIn: 0.5 is not a whole number')
    expect(() => splitKey(key(0), 'a', 'a')).toThrow('the name a is given twice')
  })

  it('does not let a name depend on the others', () => {
    expect(words(splitKey(key(0), 'a', 'b').b)).toEqual(words(splitKey(key(0), 'b', 'c').b))
  })
})
