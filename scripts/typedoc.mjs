/**
 * What typedoc cannot be told by an option: exports are sorted into categories by the source that holds them, and a parameter that is
 * taken apart where it is declared gets a name to read. A document is called by its heading.
 */
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc'
import { markdown } from './typedoc-markdown.mjs'

/** The first category whose pattern fits the path of a source, from `src`; the pages list them in the order of typedoc.json. */
const categories = [
  ['Errors and version', /^(dsl\/errors|version)/],
  ['Shapes and types', /^dsl\/(tensor|value|shape\/|define\/type-function)/],
  ['Tensors', /^dsl\/ops\/(create|named)/],
  ['Elementwise', /^dsl\/(ops\/(unary|activation|arithmetic|comparison|of-one)|nn\/activations)/],
  ['Reductions', /^dsl\/ops\/reduce/],
  ['Matrices', /^dsl\/(ops\/(matmul|matrices|einsum)|nn\/triangular)/],
  ['Rearranging', /^dsl\/ops\/(reshape|structure)/],
  ['Indexing and sorting', /^dsl\/ops\/indexing/],
  ['Images', /^dsl\/ops\/images/],
  ['Random numbers', /^dsl\/(ops\/random|keys)/],
  ['Distributions', /^dsl\/distributions/],
  ['Losses', /^dsl\/nn\/losses/],
  ['Layers', /^dsl\/(nn\/|define\/(layer|seq))/],
  ['Gradients', /^dsl\/transform\//],
  ['Optimisers', /^dsl\/optim/],
  ['Training', /^dsl\/(train|statement)/],
  ['Games and trust regions', /^dsl\/(game|trust-region)/],
  ['Functions and parameters', /^dsl\//],
  ['Looking at an expression', /^interp\/(evaluate|simplify|print|summary|dependence|check)/],
  ['Audits', /^interp\/audit/],
  ['Documents', /^interp\/docs/],
  ['Agents', /^rl\/(trpo|reinforce)/],
  ['Policies', /^rl\/(polic|network)/],
  ['Environments', /^rl\/(environment|dynamics|spaces)/],
  ['Experience', /^rl\/(rollout|returns|evaluate|tabular-exact)/],
  ['Engines', /^interp\//],
  ['Data', /^run\/data/],
  ['Files and reports', /^run\/(files|report)/],
  ['Recipes', /^run\//],
]

/** `{ epsilon }: AdamOptions` is `options`, `{ shape, data }: Value` is `value`, and a record without a name is `options`. */
const readable = type => {
  const name = type?.type === 'reference' ? type.name : 'Options'
  return /Options$/.test(name) ? 'options' : name[0].toLowerCase() + name.slice(1)
}

/** @param {import('typedoc').Application} app */
export const load = app => {
  markdown(app)
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
      if (parameter.name.startsWith('__namedParameters')) parameter.name = readable(parameter.type)
    }
    for (const document of project.getReflectionsByKind(ReflectionKind.Document)) {
      document.name = /^# (.+)$/m.exec(document.content[0]?.text ?? '')?.[1] ?? document.name
    }
    for (const module of project.getReflectionsByKind(ReflectionKind.SomeModule)) {
      for (const child of module.children ?? []) {
        const { sources } = child.tryGetTargetReflection?.() ?? child
        const path = sources?.[0]?.fullFileName.replaceAll('\\', '/').split('/src/').at(-1) ?? ''
        const [title] = categories.find(([, pattern]) => pattern.test(path)) ?? []
        // A namespace (`init`, `schedule`) and a module of one subject need no parts.
        if (title === undefined || module.kindOf(ReflectionKind.Namespace)) continue
        for (const documented of child.signatures ?? [child]) {
          documented.comment ??= new Comment()
          documented.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: title }]))
        }
      }
    }
  })
}
