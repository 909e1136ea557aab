import { expect, test } from 'vitest'
import { resultLines } from '../../../src/run/report/results.js'

const published = [{ model: 'MADE, one hidden layer', metric: 'testNll', figure: 88.4, source: 'Germain et al., 2015; not comparable' }]
const of = (columns?: number) => resultLines({ testNll: 90.125 }, published, columns)

test('sources stand beside the figures where there is room, and always where there is no terminal', () => {
  const wide = ['  this run                testNll  90.13',
    '  MADE, one hidden layer  testNll  88.40  Germain et al., 2015; not comparable']
  expect(of()).toEqual(wide)
  expect(of(90)).toEqual(wide)
})
test('otherwise they stand below, and nothing is wider than the terminal', () => {
  expect(of(60)).toEqual(['  this run                testNll  90.13', '  MADE, one hidden layer  testNll  88.40',
    '      Germain et al., 2015; not comparable'])
  expect(of(36)).toEqual(['  this run            testNll  90.13',
    '  MADE, one hidden …  testNll  88.40', '      Germain et al., 2015; not', '      comparable'])
  for (let columns = 30; columns < 120; columns++) for (const line of of(columns)) expect(line.length).toBeLessThanOrEqual(columns)
})
