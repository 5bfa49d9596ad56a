import { join, resolve } from 'node:path'
import { type ServerChild, startServer } from '../../lab/processes/child.ts'
import { freePort } from '../../lab/servers/free-port.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { type ProxiedServer, proxiedServers } from '../../server/proxy/servers.ts'
import type { ArmSpec } from './result.ts'
import type { TestBed } from './test-bed.ts'

/** The usual time of a card authorisation: a payment by card takes about 150 ms at best. */
export const bankLatencyMsUsual = 150

/** Of URLs without one. */
const usualPorts: Record<ProxiedServer, number> = { database: 3306, redis: 6379, bank: 80 }

const root = resolve(import.meta.dir, '../..')

/** Where a shop finds what it depends on, as its environment has it. */
export type ShopUrls = Record<'DATABASE_URL' | 'REDIS_URL' | 'TICKETS_URL' | 'BANK_URL', string> & {
  CHAOS_BOARD_URL?: string
  /** Where the design has need of them. */
  REDLOCK_URLS?: string
}

/** Starts the processes of one arm, one by one. */
export class ArmProcesses {
  readonly #testBed: TestBed
  readonly #spec: ArmSpec
  readonly #name: string
  readonly #starts: Promise<ServerChild>[] = []

  /** @param name of the arm in the session, which names logs and the bank's file */
  constructor(testBed: TestBed, spec: ArmSpec, name: string) {
    this.#testBed = testBed
    this.#spec = spec
    this.#name = name
  }

  #start(role: string, entry: string, environment: Record<string, string>): Promise<ServerChild> {
    const child = startServer(this.#testBed.session, {
      name: `${this.#name}-${role}`,
      command: [process.execPath, join(root, 'server', entry)],
      environment,
    })
    this.#starts.push(child)
    return child
  }

  /** The board of an arm's faults, which its other processes obey. */
  board(databaseUrl: string): Promise<ServerChild> {
    const environment = { CHAOS_TOKEN: this.#testBed.chaosToken, DATABASE_URL: databaseUrl }
    return this.#start('board', 'board/main.ts', environment)
  }

  /**
   * The servers beside a shop: a ticket server on the schema, and a bank; a proxy before all
   * servers where the test bed has one.
   * @param board whose faults they obey, if any
   */
  async backends(databaseUrl: string, board?: { url: string }) {
    const obeyed = this.obeying(board)
    const locks = await this.#lockUrls()
    const startingBank = this.#bank(obeyed)
    const direct = { database: databaseUrl, redis: this.#testBed.databases.redisUrl }
    const proxied =
      board && this.#testBed.isProxied
        ? await this.#proxy({ ...direct, bank: (await startingBank).url }, obeyed)
        : undefined
    const reached = { ...direct, ...proxied?.urls }
    const starts = [this.#tickets(reached.database, obeyed), startingBank] as const
    const [tickets, bank] = await Promise.all(starts)
    const urls: ShopUrls = {
      DATABASE_URL: reached.database,
      REDIS_URL: reached.redis,
      TICKETS_URL: tickets.url,
      BANK_URL: proxied?.urls.bank ?? bank.url,
      ...(locks ? { REDLOCK_URLS: locks.join(',') } : {}),
      ...(board ? { CHAOS_BOARD_URL: board.url } : {}),
    }
    return { tickets, bank, urls, ...(proxied ? { proxy: proxied.proxy } : {}) }
  }

  /** The proxy before servers. @returns it, and the URLs that lead through it */
  async #proxy(servers: Record<ProxiedServer, string>, obeyed: Record<string, string>) {
    const routes: string[] = []
    const urls = { ...servers }
    for (const server of proxiedServers) {
      const through = new URL(servers[server])
      const { hostname, port } = through
      through.host = `127.0.0.1:${await freePort()}`
      routes.push(`${server}=${hostname}:${port || usualPorts[server]}@${through.port}`)
      urls[server] = through.href
    }
    const environment = { PROXY_ROUTES: routes.join(','), ...obeyed }
    return { proxy: await this.#start('proxy', 'proxy/main.ts', environment), urls }
  }

  /** Private lock servers start for the first arm that needs some; undefined where it does not. */
  async #lockUrls(): Promise<readonly string[] | undefined> {
    const { isForAnyDesign, databases } = this.#testBed
    const { needs } = parseDesign(this.#spec.design)
    const isNeeded = isForAnyDesign || needs.some(({ lockServers }) => lockServers)
    return isNeeded ? await databases.lockUrls?.() : undefined
  }

  /** What a process reads that obeys a board. */
  obeying(board: { url: string } | undefined): Record<string, string> {
    return board ? { CHAOS_BOARD_URL: board.url, CHAOS_TOKEN: this.#testBed.chaosToken } : {}
  }

  #tickets(databaseUrl: string, more: Record<string, string>): Promise<ServerChild> {
    return this.#start('tickets', 'tickets/main.ts', { DATABASE_URL: databaseUrl, ...more })
  }

  #bank(more: Record<string, string>): Promise<ServerChild> {
    const { session, bankLatencyMs = bankLatencyMsUsual, partnersLatencyMs } = this.#testBed
    return this.#start('bank', 'bank/main.ts', {
      BANK_FILE: join(session.dataPath(this.#name), 'bank.sqlite'),
      BANK_LATENCY_MS: String(bankLatencyMs),
      ...(partnersLatencyMs === undefined
        ? {}
        : { PARTNERS_LATENCY_MS: String(partnersLatencyMs) }),
      ...more,
    })
  }

  api(urls: ShopUrls): Promise<ServerChild> {
    const { chaosToken, apiSettings } = this.#testBed
    const own = { CHAOS_TOKEN: chaosToken, ...apiSettings }
    return this.#start('api', 'main.ts', this.#shopEnvironment(urls, own))
  }

  worker(urls: ShopUrls): Promise<ServerChild> {
    const { workerSettings, chaosToken } = this.#testBed
    const token = urls.CHAOS_BOARD_URL ? { CHAOS_TOKEN: chaosToken } : {}
    const slack = `${urls.BANK_URL}/partners/slack`
    const own = { SLACK_WEBHOOK_URL: slack, ...token, ...workerSettings }
    return this.#start('worker', 'worker/main.ts', this.#shopEnvironment(urls, own))
  }

  /** The server between partners and the API server. @param settings of its retries */
  couponGateway(issuerUrl: string, settings: Record<string, string>): Promise<ServerChild> {
    return this.#start('coupon-gateway', 'coupon-gateway/main.ts', {
      ISSUER_URL: issuerUrl,
      STAMPEDE_ARM: this.#spec.name,
      ...settings,
    })
  }

  #shopEnvironment(urls: ShopUrls, own: Record<string, string>) {
    const { name, design } = this.#spec
    const shared = { STAMPEDE_ARM: name, STAMPEDE_DESIGN: design }
    return { ...urls, ...shared, ...own }
  }

  /**
   * Runs a start of several processes.
   * @throws what the start threw, once none of the processes is running any more
   */
  async allOrNone<Started>(start: () => Promise<Started>): Promise<Started> {
    try {
      return await start()
    } catch (error) {
      const starts = await Promise.allSettled(this.#starts)
      await Promise.allSettled(starts.map((one) => one.status === 'fulfilled' && one.value.stop()))
      throw error
    }
  }
}
