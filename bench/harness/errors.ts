/** What went wrong, in words. */
export const words = (e: unknown): string => e instanceof Error ? e.message : String(e)
