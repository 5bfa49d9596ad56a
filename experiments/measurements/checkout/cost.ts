import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RowDataPacket } from 'mysql2'
import type { Connection } from 'mysql2/promise'
import { parseProcess } from '../../../lab/machine/parse.ts'
import { processMs } from '../../../lab/machine/sample.ts'
import type { Shop } from './shop.ts'

/** Processes of a shop, each by the end of its command. */
const roles = {
  api: /server\/main\.ts/,
  worker: /worker\/main\.ts/,
  tickets: /tickets\/main\.ts/,
  bank: /bank\/main\.ts/,
  database: /(mariadbd|mysqld)\b/,
  redis: /redis-server/,
} as const
export type Role = keyof typeof roles
export const roleNames = Object.keys(roles) as Role[]

/** Running totals of a shop; of two readings the difference is what was spent between them. */
export interface Spent {
  /** Processor time by process, ms; empty where the system does not say. */
  processorMs: Partial<Record<Role, number>>
  /** Statements that the database server was sent, transactions among them. */
  statements: number
  transactions: number
  /** Those of the server's own temporary tables among them. */
  rowsWritten: number
  bytes: number
}

const proc = '/proc'

/** The shop's processes by role; of an arm that shares its starter with another, its own. */
export function processesOf({ root, arm }: Pick<Shop, 'root' | 'arm'>): Map<number, Role> {
  const found = new Map<number, Role>()
  for (const pid of descendantsOf(root)) {
    const command = readText(pid, 'cmdline').replaceAll('\0', ' ')
    const role = roleNames.find((name) => roles[name].test(command))
    if (!role) continue
    const owner = /(?:^|\0)STAMPEDE_ARM=([^\0]*)/.exec(readText(pid, 'environ'))?.[1]
    if (owner === undefined || owner === arm) found.set(pid, role)
  }
  return found
}

function descendantsOf(root: number): number[] {
  const names = readNames().filter((name) => /^\d+$/.test(name))
  const parents = names.flatMap((name) => {
    const parent = parseProcess(readText(Number(name), 'stat'))?.parent
    return parent === undefined ? [] : [{ pid: Number(name), parent }]
  })
  const childrenOf = Map.groupBy(parents, ({ parent }) => parent)
  const all: number[] = []
  const open = [root]
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const children = (childrenOf.get(pid) ?? []).map((child) => child.pid)
    all.push(...children)
    open.push(...children)
  }
  return all
}

function readNames(): string[] {
  try {
    return readdirSync(proc)
  } catch {
    return []
  }
}

function readText(pid: number, name: string): string {
  try {
    return readFileSync(join(proc, String(pid), name), 'utf8')
  } catch {
    return ''
  }
}

const counted = {
  Questions: 'statements',
  Com_commit: 'transactions',
  Handler_write: 'rowsWritten',
  Handler_update: 'rowsWritten',
  Handler_delete: 'rowsWritten',
  Bytes_received: 'bytes',
  Bytes_sent: 'bytes',
} as const

/** @param db to the shop's database server, whose totals they are */
export async function readSpent(
  db: Connection,
  processes: ReadonlyMap<number, Role>,
): Promise<Spent> {
  const names = Object.keys(counted)
  const [rows] = await db.query<RowDataPacket[]>('show global status where variable_name in (?)', [
    names,
  ])
  const spent: Spent = {
    ...{ processorMs: {}, statements: 0, transactions: 0, rowsWritten: 0, bytes: 0 },
  }
  for (const { Variable_name: name, Value: value } of rows) {
    const key = counted[name as keyof typeof counted]
    if (key) spent[key] += Number(value)
  }
  for (const [pid, role] of processes) {
    const ms = processMs(pid)
    if (ms !== null) spent.processorMs[role] = (spent.processorMs[role] ?? 0) + ms
  }
  return spent
}

/** What each of `orders` has cost. */
export function costOf(before: Spent, after: Spent, orders: number): Spent {
  const each = (later: number, earlier: number) => (later - earlier) / orders
  const processorMs = Object.fromEntries(
    roleNames.flatMap((role) => {
      const [from, to] = [before.processorMs[role], after.processorMs[role]]
      return from === undefined || to === undefined ? [] : [[role, each(to, from)]]
    }),
  )
  return {
    processorMs,
    statements: each(after.statements, before.statements),
    transactions: each(after.transactions, before.transactions),
    rowsWritten: each(after.rowsWritten, before.rowsWritten),
    bytes: each(after.bytes, before.bytes),
  }
}
