import { afterAll, expect, test } from 'bun:test'
import { chmod, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { scratchFolder } from '../testing/scratch.ts'
import { findTool } from './find.ts'
import { packagesFolder } from './packages.ts'

const before = { ...process.env }
process.env.XDG_CACHE_HOME = await scratchFolder()
process.env.STAMPEDE_TOOLS = 'cache'
afterAll(() => {
  for (const name of ['XDG_CACHE_HOME', 'STAMPEDE_TOOLS']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
})

const root = join(await packagesFolder(), 'mysql')

async function program(path: string, prints: string): Promise<string> {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  await Bun.write(file, `#!/bin/sh\necho '${prints}'\n`)
  await chmod(file, 0o755)
  return file
}

test('MySQL differs from MariaDB by its version, and may be too old', async () => {
  for (const [printed, found] of [
    ['Ver 10.11.19-MariaDB-deb12 for debian-linux-gnu', [null, null]],
    ['Ver 5.7.44 for Linux', [null, null]],
    ['Ver 8.0.36-0ubuntu0 for Linux', ['8.0.36-0ubuntu0', null]],
  ] as const) {
    await program('usr/sbin/mysqld', `mysqld  ${printed}`)
    const tools = [await findTool('mysql'), await findTool('mariadb')]
    expect(tools.map((tool) => tool?.version ?? null)).toEqual([...found])
  }
})

test('MariaDB needs its installer beside it', async () => {
  await program('usr/sbin/mariadbd', 'mariadbd  Ver 10.11.19-MariaDB')
  expect(await findTool('mariadb')).toBeNull()
  const installer = await program('usr/bin/mariadb-install-db', '')
  expect((await findTool('mariadb'))?.companion).toBe(installer)
})

test('a root with a C library of its own is run by the loader of that', async () => {
  const path = await program('usr/sbin/mysqld', 'mysqld  Ver 9.7.4-2 for Linux')
  const plain = await findTool('mysql')
  expect(plain?.command).toEqual([path])
  expect(plain?.environment.LD_LIBRARY_PATH).toStartWith(join(root, 'usr/lib'))

  const loader = await program('usr/lib/x-linux-gnu/ld-linux-x.so.2', 'Ver 9.7.4-2')
  const own = await findTool('mysql')
  expect(own?.command).toEqual([loader, '--library-path', expect.any(String), path])
  expect(own?.command[2]?.split(':')).toContain(dirname(loader))
  // The system's own programs would take that library from it.
  expect(own?.environment).toEqual({})
})
