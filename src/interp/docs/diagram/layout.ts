/** Where boxes and edges stand: dagre's layered layout, with text widths from a simple measure, so that it needs no screen. */
import * as dagre from '@dagrejs/dagre'
import type { Diagram, Vertex } from './graph.js'

/** The part of the library in use: its own declarations import without extensions, so a compiler that follows Node finds no types. */
interface Library {
  readonly Graph: new (options: { multigraph: boolean }) => LayeredGraph
  readonly layout: (graph: LayeredGraph) => void
}
interface LayeredGraph {
  setGraph(label: object): void
  setDefaultEdgeLabel(label: () => object): void
  setNode(id: string, label: { width: number; height: number }): void
  setEdge(from: string, to: string, label: object, name: string): void
  graph(): { readonly width?: number; readonly height?: number }
  node(id: string): { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  edge(e: { v: string; w: string; name: string }): { readonly points: readonly Point[]; readonly x?: number; readonly y?: number }
}
const untyped: unknown = dagre
const { Graph, layout } = untyped as Library

export interface Point { readonly x: number; readonly y: number }
export interface Box extends Point { readonly vertex: Vertex; readonly width: number; readonly height: number }
export interface Route { readonly points: readonly Point[]; readonly label: string; readonly at: Point }
export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly routes: readonly Route[]
}

export const fontSize = 13, noteSize = 10.5
/** The width of text in a sans-serif font: marks over letters take none. */
export const textWidth = (s: string, size: number): number => [...s.normalize('NFD').replace(/\p{M}/gu, '')].length * size * 0.58
const round = (x: number): number => Math.round(x * 10) / 10

/** A layout from top to bottom; the same for the same diagram. */
export const layoutOf = ({ vertices, edges }: Diagram): Layout => {
  const g = new Graph({ multigraph: true })
  g.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 34, marginx: 8, marginy: 8 })
  g.setDefaultEdgeLabel(() => ({}))
  for (const v of vertices) {
    const width = Math.max(44, textWidth(v.label, fontSize) + 24, textWidth(v.note, noteSize) + 20)
    g.setNode(`${v.id}`, { width, height: v.note === '' ? 30 : 44 })
  }
  edges.forEach((e, i) => g.setEdge(`${e.from}`, `${e.to}`,
    { width: textWidth(e.label, noteSize) + 6, height: 14, labelpos: 'c' }, `${i}`))
  layout(g)
  const { width = 0, height = 0 } = g.graph()
  const boxes = vertices.map((vertex): Box => {
    const n = g.node(`${vertex.id}`)
    return { vertex, x: round(n.x), y: round(n.y), width: round(n.width), height: n.height }
  })
  const routes = edges.map((e, i): Route => {
    const found = g.edge({ v: `${e.from}`, w: `${e.to}`, name: `${i}` })
    const points = found.points.map(p => ({ x: round(p.x), y: round(p.y) }))
    return { points, label: e.label, at: { x: round(found.x ?? points[0].x), y: round(found.y ?? points[0].y) } }
  })
  return { width: round(width), height: round(height), boxes, routes }
}
