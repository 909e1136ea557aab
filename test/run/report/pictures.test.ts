import { decode } from 'fast-png'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chartSvg, smooth, ticks } from '../../../src/run/report/curve.js'
import { drawText, textWidth } from '../../../src/run/report/glyphs.js'
import { reportMarkdown } from '../../../src/run/report/markdown.js'
import { scatterPng } from '../../../src/run/report/scatter.js'
import { sheetPng } from '../../../src/run/report/sheet.js'

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

  test('a curve is drawn inside the chart, left to right, and not-a-number points are left out', () => {
    const svg = chartSvg({ title: 'a <b> & "c"', x: 'step', y: 'loss',
      series: [{ name: 'loss', colour: '#06c', points: [[1, 3], [2, NaN], [3, 2], [4, 1]] }] })
    const points = /points="([^"]+)"/.exec(svg)![1].split(' ').map(p => p.split(',').map(Number))
    expect(points).toHaveLength(3)
    expect(points.every(([x, y]) => x >= 64 && x <= 700 && y >= 40 && y <= 352)).toBe(true)
    expect(points[0][1]).toBeLessThan(points[2][1])
    expect(svg).not.toContain('<b>')
    expect(svg).not.toContain('NaN')
  })

  test('an empty and a flat curve are drawn too', () => {
    for (const points of [[], [[1, 5], [2, 5]] as [number, number][]]) {
      expect(chartSvg({ title: '', x: '', y: '', series: [{ name: '', colour: 'red', points }] })).not.toMatch(/NaN|Infinity/)
    }
    expect(smooth([[0, 1], [1, 2], [2, 6], [3, 0]])).toEqual([[0, 1], [1, 3], [2, 8 / 3], [3, 0]])
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
