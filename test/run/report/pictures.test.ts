import { decode } from 'fast-png'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chartSvg, tickTexts, ticks } from '../../../src/run/report/curve.js'
import { drawText, textWidth } from '../../../src/run/report/glyphs.js'
import { reportMarkdown } from '../../../src/run/report/markdown.js'
import { scatterPng } from '../../../src/run/report/scatter.js'
import { sheetPng } from '../../../src/run/report/sheet.js'
import { smooth, thinned } from '../../../src/run/report/smooth.js'

describe('loss.svg', () => {
  test('ticks are round, inside the range and neither too few nor too many', () => {
    expect(ticks(0, 10)).toEqual([0, 2, 4, 6, 8, 10])
    expect(ticks(85.2, 91)).toEqual([86, 87, 88, 89, 90, 91])
    fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (lo, width) => {
      const marks = ticks(lo, lo + width)
      expect(marks.length).toBeGreaterThan(1)
      expect(marks.length).toBeLessThan(9)
      const slack = 1e-9 * (Math.abs(lo) + width)
      for (const m of marks) expect(m >= lo - slack && m <= lo + width + slack).toBe(true)
    }))
  })

  const line = (points: readonly (readonly [number, number])[], name = 'loss') =>
    chartSvg({ title: 'a <b> & "c"', x: 'step', y: 'loss', series: [{ name, colour: '#06c', points }] })
  const drawn = (svg: string) => [...svg.matchAll(/ points="([^"]+)"/g)].map(m => m[1].split(' ').map(p => p.split(',').map(Number)))

  test('tick texts are short and alike', () => {
    expect(tickTexts([0, 5000, 10000, 20000])).toEqual(['0', '5,000', '10,000', '20,000'])
    expect(tickTexts([0, 0.05, 0.1])).toEqual(['0.00', '0.05', '0.10'])
    expect(tickTexts([0, 2e-6, 4e-6])).toEqual(['0', '2e-6', '4e-6'])
    expect(tickTexts([-1e9, 0, 1e9])).toEqual(['-1e+9', '0', '1e+9'])
    expect(ticks(0, 2, 6, 1)).toEqual([0, 1, 2])
  })

  test('a curve is drawn inside the chart, left to right, with a gap where it is not a number', () => {
    const svg = line([[1, 3], [2, 2.5], [3, NaN], [4, 2], [5, 1], [6, Infinity], [7, 1]])
    const lines = drawn(svg)
    expect(lines.map(l => l.length)).toEqual([2, 2])
    expect(lines.flat().every(([x, y]) => x >= 72 && x <= 696 && y >= 58 && y <= 378)).toBe(true)
    expect(lines[0][0][1]).toBeLessThan(lines[1][1][1])
    // a point between gaps has no line
    expect(svg.match(/<circle/g)).toHaveLength(1)
    expect(svg).not.toMatch(/<b>|NaN|Infinity/)
  })

  test('an empty and a flat curve are drawn too, and a single point', () => {
    const few: [number, number][][] = [[], [[1, 5], [2, 5]], [[1, 5]], [[1, NaN]]]
    for (const points of few) expect(line(points)).not.toMatch(/NaN|Infinity/)
    expect(line([[1, 5]])).toContain('<circle')
  })

  test('a fall at the start is shown whole, unless it would flatten the rest', () => {
    const high = (first: number) => drawn(line(Array.from({ length: 300 }, (_, i) => [i, i < 3 ? first : 2 + i % 2])))[0]
    expect(high(5)[0][1]).toBeGreaterThan(58)
    expect(high(600)[0][1]).toBeLessThan(58)
    expect(Math.max(...high(600).map(p => p[1])) - high(600)[5][1]).toBeGreaterThan(100)
  })

  test('20,000 steps keep their extremes in few points', () => {
    const points = Array.from({ length: 20_000 }, (_, i) => [i, i === 12_345 ? 9 : i === 7777 ? -9 : Math.sin(i * i)] as const)
    const few = thinned(points)
    expect(few.length).toBeLessThan(2600)
    expect(few).toEqual(expect.arrayContaining([points[0], points[12_345], points[7777], points[19_999]]))
    expect(few.every((p, i) => i === 0 || p[0] > few[i - 1][0])).toBe(true)
    expect(smooth(points).length).toBeLessThan(700)
    expect(thinned(points.slice(0, 500))).toHaveLength(500)
  })

  test('the trend follows a line, stays among its neighbours, leaves no lag at the start and no jump at the end', () => {
    const straight = Array.from({ length: 60 }, (_, i) => [i, 3 - i / 10] as const)
    for (const [i, [x, y]] of smooth(straight).entries()) {
      expect(x).toBe(i)
      expect(y).toBeCloseTo(3 - i / 10, 9)
    }
    const noisy = straight.map(([x, y], i) => [x, y + (i % 2) - 0.5] as const)
    expect(Math.abs(smooth(noisy, 0.2)[59][1] - straight[59][1])).toBeLessThan(0.3)
    fc.assert(fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 40 }), ys => {
      for (const [, y] of smooth(ys.map((y, i) => [i, y]), 0.3)) expect(y >= Math.min(...ys) && y <= Math.max(...ys)).toBe(true)
    }))
  })
  test('values that are not finite leave a gap of their own and nothing beside it', () => {
    const trend = smooth([1, 1, NaN, 1, 1, Infinity, 1].map((y, i) => [i, y]))
    expect(trend.map(p => p[1])).toEqual([1, 1, NaN, 1, 1, NaN, 1])
  })
})

describe('samples.png', () => {
  test('every pixel is where it belongs', () => {
    const data = Float32Array.of(0, 1, 0.5, 2, 1, 1, 1, 1, 0, 0, 0, -1)
    const image = decode(sheetPng({ shape: [3, 4], dtype: 'float32', data }, { height: 2, width: 2 }, 1))
    expect([image.width, image.height, image.channels]).toEqual([10, 10, 1])
    const at = (x: number, y: number) => image.data[y * 10 + x]
    expect([at(2, 2), at(3, 2), at(2, 3), at(3, 3)]).toEqual([0, 255, 128, 255])
    expect([at(6, 2), at(7, 3), at(2, 6), at(3, 7)]).toEqual([255, 255, 0, 0])
    expect([at(0, 0), at(4, 2), at(7, 7)]).toEqual([96, 96, 96])
  })

  test('colour, and a shape that does not fit', () => {
    const pixel = { shape: [1, 1, 1, 3], dtype: 'float32', data: Float32Array.of(1, 0, 0.2) } as const
    const rgb = decode(sheetPng(pixel, { height: 1, width: 1, channels: 3 }, 1))
    expect([...rgb.data.slice(3 * (2 * 5 + 2), 3 * (2 * 5 + 2) + 3)]).toEqual([255, 0, 51])
    expect(() => sheetPng({ shape: [2, 5], dtype: 'float32', data: new Float32Array(10) }, { height: 2, width: 2 }))
      .toThrow('samples: [2,5] are not 2 pictures of 2x2x1 (4 numbers each).')
  })
})

describe('a scatter plot', () => {
  const points = (...xy: readonly number[]) => ({ shape: [xy.length / 2, 2], dtype: 'float32', data: Float32Array.from(xy) } as const)
  const at = (png: Uint8Array, x: number, y: number) => {
    const { width, data } = decode(png)
    const i = 3 * (Math.round(16 + (1 - y) / 2 * 520) * width + Math.round(56 + (x + 1) / 2 * 520))
    return [...data.slice(i, i + 3)]
  }
  const square = { x: [-1, 1], y: [-1, 1] } as const
  const WHITE = [255, 255, 255]

  test('a point is blue where it belongs, a crowd is darker, a reference red; what is outside is left out', () => {
    const one = scatterPng(points(0.3, 0.7), square), many = scatterPng(points(0.3, 0.7, 0.3, 0.7, 0.3, 0.7), square)
    const [red, , blue] = at(one, 0.3, 0.7)
    expect(blue - red).toBeGreaterThan(30)
    expect(at(many, 0.3, 0.7)[0]).toBeLessThan(red)
    expect(at(one, -0.3, 0.7)).toEqual(WHITE)
    const [r, , b] = at(scatterPng(points(0.3, 0.7), square, [[-0.3, -0.7]]), -0.3, -0.7)
    expect(r - b).toBeGreaterThan(100)
    expect(scatterPng(points(5, 0.3, NaN, 0.1), square, [[0, -7]])).toEqual(scatterPng(points(9, 9), square))
  })
  test('ticks have numbers: another range is another picture, its frame the same', () => {
    expect(scatterPng(points(9, 9), square)).not.toEqual(scatterPng(points(9, 9), { x: [-2, 2], y: [-1, 1] }))
    const ink: string[] = []
    drawText('1', 0, 0, (x, y) => ink.push(`${x},${y}`))
    expect(textWidth('1')).toBe(10)
    expect(ink).toHaveLength(4 * 10)
    expect(ink).toContain('4,0')
  })
  test('what are no points of the plane are refused', () => {
    const three = { shape: [1, 3], dtype: 'float32', data: new Float32Array(3) } as const
    expect(() => scatterPng(three, square)).toThrow('samples: [1, 3] are not points of the plane; expected [count, 2].')
  })
})

test('report.md shows the figures beside the published ones', () => {
  const text = reportMarkdown({
    recipe: 'made', summary: 'A masked autoencoder.', command: 'typegrad train made',
    facts: { steps: 100, engine: 'onnx' }, settings: { lr: 0.001 },
    metrics: { testNll: 88.1234 }, published: [{ model: 'MADE (1 mask)', metric: 'testNll', figure: 88.4, source: 'Germain et al., 2015' }],
    pictures: [{ title: 'Samples', file: 'samples.png' }], model: 'let x = ...',
  })
  expect(text).toContain('| this run | testNll | 88.12 |  |\n| MADE (1 mask) | testNll | 88.40 | Germain et al., 2015 |')
  expect(text).toContain('![Samples](samples.png)')
  expect(text).toContain('| lr | 0.001 |')
})
