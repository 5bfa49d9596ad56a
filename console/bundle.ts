/**
 * A script for browsers with all that it imports, minified.
 * @param entry path of its TypeScript
 * @throws Error with what the bundler says
 */
export async function browserScript(entry: string): Promise<string> {
  const result = await Bun.build({
    entrypoints: [entry],
    target: 'browser',
    minify: true,
    throw: false,
  })
  const [script] = result.outputs
  if (result.success && script) return await script.text()
  throw new Error(`${entry} cannot be bundled:\n${result.logs.join('\n')}`)
}
