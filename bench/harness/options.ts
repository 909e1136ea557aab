/** What is typed after a command: lists, checked. */
import { InvalidArgumentError } from 'commander'

const list = (text: string): string[] => {
  const found = [...new Set(text.split(',').filter(s => s !== ''))]
  if (found.length === 0) throw new InvalidArgumentError('It names nothing.')
  return found
}

/** A list of names, separated by commas, each of which is one of `names`. */
export const known = <T extends string>(names: readonly T[]) => (text: string): T[] => list(text).map(name => {
  const found = names.find(n => n === name)
  if (found === undefined) throw new InvalidArgumentError(`${name} is none of ${names.join(', ')}.`)
  return found
})

/** Minutes, more than none. */
export const minutes = (text: string): number => {
  const found = Number(text)
  if (!(found > 0 && found <= 24 * 60)) throw new InvalidArgumentError(`${text} is no number of minutes above 0, up to a day.`)
  return found
}

/** A list of whole numbers above 0. */
export const counts = (text: string): number[] => list(text).map(n => {
  if (!/^[1-9]\d*$/.test(n)) throw new InvalidArgumentError(`${n} is no whole number above 0.`)
  return Number(n)
})
