/** What tells a recipe from other records, and from a copy of one: a copy has the functions of the original, whatever else is put in it. */
export const BRAND = Symbol.for('typegrad.recipe')

const branded = (value: unknown): value is { readonly [BRAND]: unknown } => typeof value === 'object' && value !== null && BRAND in value

/** Whether a value was made by `defineRecipe`, of whichever copy of the package. */
export const isMade = (value: unknown): boolean => branded(value) && value[BRAND] === value

/** The sentence about `{ ...recipe, ... }`, which would train as `recipe` does; undefined for anything else. */
export const copied = (value: unknown): string | undefined => {
  if (!branded(value) || isMade(value)) return undefined
  const { name } = value[BRAND] as { readonly name?: unknown }
  return `a copy of the recipe ${String(name)}, and what is put into a copy changes nothing: spread what defineRecipe was given instead, `
    + 'as in defineRecipe({ ...parts, name: \'other\' })'
}
