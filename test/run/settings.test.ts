import * as E from 'fp-ts/lib/Either.js'
import { expectTypeOf } from 'expect-type'
import { describe, expect, test } from 'vitest'
import { decodeSettings, initialSettings, parseAssignments, setting } from '../../src/run/settings.js'
import { editDistance, nearest } from '../../src/run/words.js'

const settings = {
  lr: setting.number(1e-3, 'learning rate', { min: 0 }),
  hidden: setting.ints([500], 'widths', { min: 1 }),
  masks: setting.int(1, 'number of masks', { min: 1, max: 32 }),
  direct: setting.flag(false, 'direct connection'),
  ordering: setting.oneOf(['natural', 'random'], 'natural', 'order of pixels'),
}
const decode = (...set: string[]) => {
  const raw = parseAssignments(set)
  const result = E.isLeft(raw) ? raw : decodeSettings('made', settings, raw.right)
  return E.isLeft(result) ? result.left.message : result.right
}

describe('settings', () => {
  test('types follow from the declarations', () => {
    const values = initialSettings(settings)
    expectTypeOf(values).toEqualTypeOf<{
      readonly lr: number; readonly hidden: readonly number[]; readonly masks: number; readonly direct: boolean
      readonly ordering: 'natural' | 'random'
    }>()
  })
  test('assignments replace defaults', () => {
    expect(decode('lr=0.01', 'hidden=[8,8]', 'direct=true', 'ordering=random'))
      .toEqual({ lr: 0.01, hidden: [8, 8], masks: 1, direct: true, ordering: 'random' })
  })
  const keys = 'Its settings are lr, hidden, masks, direct, ordering.'
  test.each([
    ['hiden=3', `made has no setting "hiden". Did you mean hidden? ${keys}`],
    ['zzz=3', `made has no setting "zzz". ${keys}`],
    ['lr=-1', `made: lr is -1, but it must be a number of at least 0. ${keys}`],
    ['lr=fast', `made: lr is "fast", but it must be a number of at least 0. ${keys}`],
    ['lr=', `made: lr is "", but it must be a number of at least 0. ${keys}`],
    ['hidden=8', `made: hidden is 8, but it must be a list of whole numbers of at least 1 such as [500]. ${keys}`],
    ['masks=33', `made: masks is 33, but it must be a whole number from 1 to 32. ${keys}`],
    ['masks=1.5', `made: masks is 1.5, but it must be a whole number from 1 to 32. ${keys}`],
    ['direct=yes', `made: direct is "yes", but it must be true or false. ${keys}`],
    ['ordering=sorted', `made: ordering is "sorted", but it must be one of natural, random. ${keys}`],
    ['toString=1', `made has no setting "toString". ${keys}`],
    ['lr', '--set lr: expected key=value, as in --set lr=0.001.'],
    ['=3', '--set =3: expected key=value, as in --set lr=0.001.'],
  ])('%s is refused', (assignment, sentence) => expect(decode(assignment)).toBe(sentence))
})

test('nearest names', () => {
  expect([editDistance('trian', 'train'), editDistance('', 'abc'), editDistance('made', 'made')]).toEqual([1, 3, 0])
  expect(nearest('trian', ['list', 'train', 'eval'])).toBe(' Did you mean train?')
  expect(nearest('quux', ['list', 'train'])).toBe('')
})
