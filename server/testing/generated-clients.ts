import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateSource } from 'oazapfts'
import { generate } from 'openapi-typescript-codegen'
import type { OpenApiDocument } from './operations.ts'

/** The folder of packages, which the first client imports its runtime from. */
const modules = fileURLToPath(new URL('../..', import.meta.resolve('@oazapfts/runtime')))

/** What a user of the first client writes: order, then pay, and look at how it ended. */
const buyer = `import * as shop from './oazapfts.ts'

export async function buy(baseUrl: string, key: string) {
  shop.defaults.baseUrl = baseUrl
  const items = [{ optionId: '1', quantity: 1 }]
  const order = await shop.ordersCreate(\`\${key}-o\`, { userId: '1', items }, { xAttempt: '1' })
  if (order.status !== 201) throw new Error(order.data.status === 409 ? 'refused' : 'failed')
  const card = { orderId: order.data.id, method: 'card' as const, cardToken: 'card-ok' }
  const payment = await shop.paymentsCreate(\`\${key}-p\`, card)
  if (payment.status !== 201) throw new Error(String(payment.status))
  const read = await shop.ordersRead(order.data.id)
  const refused = await shop.ordersCreate('', { userId: '1', items })
  return {
    order: read.status === 200 ? read.data.status : read.data.code,
    payment: payment.data.status,
    refusal: refused.status === 400 ? refused.data.code : refused.status,
  }
}
`

/** What `buy` returns. */
export interface Bought {
  order: string
  payment: string
  refusal: string | number
}

export interface GeneratedClients {
  folder: string
  /** A customer on the first client: `buy(baseUrl, key)`. */
  buyer: string
  remove(): void
}

/** Generates a client with each of two generators, into a folder of its own. */
export async function generateClients(document: OpenApiDocument): Promise<GeneratedClients> {
  const folder = mkdtempSync(join(tmpdir(), 'stampede-clients-'))
  symlinkSync(modules, join(folder, 'node_modules'))
  const input = join(folder, 'openapi.json')
  await Bun.write(input, JSON.stringify(document))
  await Bun.write(join(folder, 'oazapfts.ts'), await generateSource(input))
  await generate({ input, output: join(folder, 'codegen'), httpClient: 'fetch' })
  await Bun.write(join(folder, 'buyer.ts'), buyer)
  const compilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true },
    ...{ target: 'ESNext', module: 'ESNext', moduleResolution: 'Bundler', types: [] },
    lib: ['ESNext', 'DOM', 'DOM.Iterable'],
  }
  const include = ['buyer.ts', 'oazapfts.ts', 'codegen']
  await Bun.write(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }))
  return {
    folder,
    buyer: join(folder, 'buyer.ts'),
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** The complaints of the compiler about what was generated, empty where there are none. */
export async function typeCheck({ folder }: GeneratedClients): Promise<string> {
  const compiler = join(modules, 'typescript/bin/tsc')
  const child = Bun.spawn([process.execPath, compiler, '-p', folder], { stdout: 'pipe' })
  const text = await new Response(child.stdout).text()
  return (await child.exited) === 0 ? '' : text || 'failed'
}
