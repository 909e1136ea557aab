/**
 * What GitHub shows of our Markdown and typedoc does not: formulas (a `math` fence, or $ and backquotes in a line) by KaTeX and Mermaid
 * diagrams, both drawn when the site is built. Its pages need no network: KaTeX's style and fonts lie among their assets.
 */
import { cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import markdownItKatex from '@vscode/markdown-it-katex'
import { renderMermaidSVG } from 'beautiful-mermaid'
import katex from 'katex'
import { Application, JSX, RendererEvent } from 'typedoc'

const styles = dirname(fileURLToPath(import.meta.resolve('katex')))

/** Colours of the theme that the reader chose, and none of the fonts that the drawing would fetch. */
const colours = { bg: 'var(--color-background)', fg: 'var(--color-text)', transparent: true, font: 'system-ui' }
const drawn = code => `<div class="diagram">${renderMermaidSVG(code, colours).replace(/^\s*@import url\(.*$/gm, '')}</div>\n`

/** @param {import('typedoc').Application} app */
export const markdown = app => {
  // The extension shows what is wrong on the page; here it is an error of the build.
  const strict = (what, source, show) => {
    try {
      return show()
    } catch (error) {
      app.logger.error(`${what}: ${error instanceof Error ? error.message : error}, in\n${source}`)
      return ''
    }
  }
  const renderToString = (latex, options) =>
    strict('formula', latex, () => katex.renderToString(latex, { ...options, throwOnError: true, strict: 'error' }))

  const loader = parser => {
    parser.use(markdownItKatex.default, { katex: { renderToString }, enableFencedBlocks: true })
    const { fence } = parser.renderer.rules
    parser.renderer.rules.fence = (tokens, index, ...more) => {
      const { info, content } = tokens[index]
      return info.trim() === 'mermaid' ? strict('diagram', content, () => drawn(content)) : fence(tokens, index, ...more)
    }
  }
  // Options set while plugins are loaded are forgotten when the configuration is read.
  app.on(Application.EVENT_BOOTSTRAP_END, () => app.options.setValue('markdownItLoader', loader))
  app.renderer.hooks.on('head.end', context =>
    JSX.createElement('link', { rel: 'stylesheet', href: context.relativeURL('assets/katex/katex.min.css', true) }))
  app.renderer.on(RendererEvent.END, ({ outputDirectory }) => {
    const kept = path => !/\.\w+$/.test(path) || /(katex\.min\.css|\.woff2)$/.test(path)
    for (const name of ['katex.min.css', 'fonts']) {
      cpSync(join(styles, name), join(outputDirectory, 'assets/katex', name), { recursive: true, filter: kept })
    }
  })
}
